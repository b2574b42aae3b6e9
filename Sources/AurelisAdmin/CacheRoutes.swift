internal import Aurelis
internal import AurelisJSON
internal import Hummingbird

/// The kept answers: counted, listed, shown, invalidated.
struct CacheRoutes {
    let resources: AdminResources

    func add(to router: RouterGroup<BasicRequestContext>) {
        router.get("cache") { [resources] request, _ in
            try QueryParameters.none(in: request)
            var json = JSONWriter()
            json.beginObject()
            json.field("data_dir", resources.dataDirectory)
            await resources.cache().report().writeMembers(to: &json)
            json.endObject()
            return Response(json: json)
        }
        router.get("cache/entries") { [resources] request, _ in
            try await Self.entries(request, in: resources.cache())
        }
        router.get("cache/entries/{key}") { [resources] request, context in
            try QueryParameters.none(in: request)
            guard let key = CacheKey(parsing: try context.parameters.require("key")) else {
                throw HTTPError(.badRequest, message: "a key has 64 hexadecimal digits")
            }
            guard let found = await resources.cache().answer(for: key) else {
                throw AdminFailure(.notFound, code: "unknown_answer", "no layer has an answer of this key")
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
            try await Self.invalidate(request, in: resources.cache())
        }
    }

    private static let selecting: Set<String> = ["task", "tag", "model", "tenant", "key_prefix"]

    private static func entries(_ request: Request, in cache: AnswerCache) async throws -> Response {
        let parameters = try QueryParameters(request, knowing: selecting.union(["layer", "limit"]))
        let selection = try selection(parameters)
        let limit = try parameters.number("limit", in: 1...10_000) ?? 100
        let layers = try parameters.word("layer", of: CacheLayer.allCases).map { [$0] } ?? CacheLayer.allCases
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

    private static func invalidate(_ request: Request, in cache: AnswerCache) async throws -> Response {
        let parameters = try QueryParameters(request, knowing: selecting.union(["event", "all"]))
        let selection = try selection(parameters)
        let all = try parameters.flag("all") ?? false
        let event = try parameters.text("event")
        guard event != nil || all || selection != .all else {
            throw HTTPError(
                .badRequest,
                message: "say which answers: event, task, tag, model, tenant, key_prefix, or all=true"
            )
        }
        var problem: String?
        do throws(CacheStoreError) {
            if let event {
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

    private static func selection(_ parameters: QueryParameters) throws -> CacheSelection {
        var selection = CacheSelection(
            tag: try parameters.text("tag"),
            model: try parameters.text("model").map { ModelID($0).canonical },
            // An empty tenant is that of nobody in particular.
            tenant: parameters["tenant"],
            keyPrefix: try parameters.text("key_prefix")
        )
        if let prefix = selection.keyPrefix {
            guard prefix.utf8.count <= 64, prefix.allSatisfy({ "0123456789abcdef".contains($0) }) else {
                throw AdminFailure.query("key_prefix", "must have 1 to 64 hexadecimal digits, in lowercase")
            }
        }
        selection.task = try parameters.task("task")
        let names = ["tag", "event", "model", "tenant"].map { (kind: $0, text: parameters[$0]) }
        if let refusal = CacheSelection.refusal(of: names) {
            throw AdminFailure(.badRequest, code: "secret_detected", refusal)
        }
        return selection
    }
}
