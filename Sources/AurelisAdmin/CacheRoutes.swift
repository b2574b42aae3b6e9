internal import Aurelis
internal import AurelisJSON
internal import Hummingbird

/// The kept answers: counted, listed, shown, invalidated.
struct CacheRoutes {
    let resources: AdminResources

    func add(to router: RouterGroup<BasicRequestContext>) {
        router.get("cache") { [resources] _, _ in
            var json = JSONWriter()
            json.beginObject()
            json.field("data_dir", resources.dataDirectory)
            await resources.cache().report().writeMembers(to: &json)
            json.endObject()
            return Response(json: json)
        }
        router.get("cache/entries") { [resources] request, _ in
            try await Self.entries(Self.parameters(request), in: resources.cache())
        }
        router.get("cache/entries/{key}") { [resources] _, context in
            guard let key = CacheKey(parsing: try context.parameters.require("key")) else {
                throw HTTPError(.badRequest, message: "a key has 64 hexadecimal digits")
            }
            guard let found = await resources.cache().answer(for: key) else {
                throw HTTPError(.notFound, message: "no layer has an answer of this key")
            }
            var json = JSONWriter()
            json.beginObject()
            found.facts.writeMembers(to: &json)
            json.field("layer", found.layer.rawValue)
            json.key("answer")
            json.fragment(.raw(found.document.root))
            json.endObject()
            return Response(json: json)
        }
        router.post("cache/invalidate") { [resources] request, _ in
            try await Self.invalidate(Self.parameters(request), in: resources.cache())
        }
    }

    private typealias Parameters = [String: String]

    private static func parameters(_ request: Request) -> Parameters {
        let members = request.uri.queryParameters.filter { !$0.key.isEmpty }
        return Dictionary(members.map { (String($0.key), String($0.value)) }) { $1 }
    }

    private static func entries(_ parameters: Parameters, in cache: AnswerCache) async throws -> Response {
        let known: Set<String> = ["layer", "limit", "task", "tag", "model", "tenant", "key_prefix"]
        let selection = try selection(parameters, knowing: known)
        let limit = parameters["limit"].map { Int($0) ?? 0 } ?? 100
        guard (1...10_000).contains(limit) else {
            throw HTTPError(.badRequest, message: "limit must be 1 to 10000")
        }
        var layers = CacheLayer.allCases
        if let name = parameters["layer"] {
            guard let layer = CacheLayer(rawValue: name) else {
                let names = CacheLayer.allCases.map(\.rawValue).joined(separator: ", ")
                throw HTTPError(.badRequest, message: "layer must be one of \(names)")
            }
            layers = [layer]
        }
        var json = JSONWriter()
        json.beginObject()
        json.key("entries")
        json.beginArray()
        for layer in layers {
            // A layer that cannot be asked has its problem in `GET /admin/cache`.
            for facts in (try? await cache.facts(of: selection, in: layer, limit: limit)) ?? [] {
                json.beginObject()
                json.field("layer", layer.rawValue)
                facts.writeMembers(to: &json)
                json.endObject()
            }
        }
        json.endArray()
        json.endObject()
        return Response(json: json)
    }

    private static func invalidate(_ parameters: Parameters, in cache: AnswerCache) async throws -> Response {
        let known: Set<String> = ["event", "all", "task", "tag", "model", "tenant", "key_prefix"]
        let selection = try selection(parameters, knowing: known)
        guard parameters["event"] != nil || parameters["all"] == "true" || selection != .all else {
            throw HTTPError(
                .badRequest,
                message: "say which answers: event, task, tag, model, tenant, key_prefix, or all=true"
            )
        }
        var problem: String?
        do throws(CacheStoreError) {
            if let event = parameters["event"] {
                try await cache.invalidate(event: event, in: selection)
            } else {
                try await cache.invalidate(selection)
            }
        } catch {
            problem = "\(error)"
        }
        var json = JSONWriter()
        json.beginObject()
        json.field("invalidated", problem == nil)
        if let problem { json.field("problem", problem) }
        json.endObject()
        return Response(status: problem == nil ? .ok : .serviceUnavailable, json: json)
    }

    private static func selection(
        _ parameters: Parameters,
        knowing known: Set<String>
    ) throws -> CacheSelection {
        for (name, _) in parameters where !known.contains(name) {
            let names = known.sorted().joined(separator: ", ")
            throw HTTPError(.badRequest, message: "\"\(name.prefix(64))\" is none of \(names)")
        }
        var selection = CacheSelection(
            tag: parameters["tag"],
            model: parameters["model"].map { ModelID($0).canonical },
            tenant: parameters["tenant"],
            keyPrefix: parameters["key_prefix"]
        )
        if let task = parameters["task"] {
            do { selection.task = try TaskType(parsing: task) } catch {
                throw HTTPError(.badRequest, message: error.message)
            }
        }
        return selection
    }
}
