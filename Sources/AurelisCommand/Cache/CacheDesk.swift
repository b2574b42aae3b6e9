internal import Aurelis
internal import AurelisApp
internal import AurelisJSON

/// Where kept answers are worked on: at the gateway that runs on this configuration, if one does, and in the layers that
/// outlive it.
struct CacheDesk: Sendable {
    let gateway: ControlPlane
    let session: Session
    /// The layers behind memory; its own memory is empty.
    let cache: AnswerCache

    /// What is kept and what was done; `isGateway` tells whether a gateway said so.
    func report() async throws -> (report: CacheReport, isGateway: Bool) {
        if let document = try await gatewaysReport(), let report = CacheReport(reading: document.root) {
            return (report, true)
        }
        return (await cache.report(), false)
    }

    /// The report of a gateway with this data directory: another one's answers are none of this command's business.
    private func gatewaysReport() async throws -> JSONDocument? {
        guard let document = try await gateway.get("/admin/cache") else { return nil }
        let isSame = document["data_dir"]?.string == session.configuration.dataDirectory
        return isSame || gateway.named != nil ? document : nil
    }

    /// The answers of a selection, the newest first.
    func entries(
        of argument: CacheSelectionArgument,
        in layer: CacheLayer?,
        limit: Int
    ) async throws -> [(layer: CacheLayer, facts: CacheFacts)] {
        if try await gatewaysReport() != nil {
            let query = argument.query(and: [("limit", "\(limit)"), ("layer", layer?.rawValue)])
            if let list = try await gateway.get("/admin/cache/entries" + query)?["entries"] {
                return list.elements.compactMap { entry in
                    entry["layer"]?.string.flatMap(CacheLayer.init(rawValue:)).flatMap { layer in
                        CacheFacts(reading: entry).map { (layer, $0) }
                    }
                }
            }
        }
        if let layer {
            return try await cache.facts(of: argument.selection, in: layer, limit: limit).map { (layer, $0) }
        }
        var found: [(layer: CacheLayer, facts: CacheFacts)] = []
        for layer in CacheLayer.allCases {
            // A layer that cannot be asked now has its problem in `stats`.
            let facts = (try? await cache.facts(of: argument.selection, in: layer, limit: limit)) ?? []
            for entry in facts { found.append((layer, entry)) }
        }
        return found
    }

    /// How many answers a selection has, or an event concerns; no more are counted than `limit`.
    func count(of argument: CacheSelectionArgument, event: String?, limit: Int) async throws -> Int {
        guard let event else {
            return Set(try await entries(of: argument, in: nil, limit: limit).map(\.facts.key)).count
        }
        var keys: Set<CacheKey> = []
        for task in session.configuration.cache.rules.events[event] ?? [] where argument.task ?? task == task {
            var narrowed = argument
            narrowed.task = task
            keys.formUnion(try await entries(of: narrowed, in: nil, limit: limit).map(\.facts.key))
        }
        if argument.tag ?? event == event {
            var narrowed = argument
            narrowed.tag = event
            keys.formUnion(try await entries(of: narrowed, in: nil, limit: limit).map(\.facts.key))
        }
        return keys.count
    }

    /// One answer with its facts.
    func answer(for key: CacheKey) async throws -> (facts: CacheFacts, layer: CacheLayer, document: JSONFragment)? {
        if try await gatewaysReport() != nil, let found = try await gateway.get("/admin/cache/entries/\(key)"),
            let facts = CacheFacts(reading: found.root), let answer = found["answer"],
            let layer = found["layer"]?.string.flatMap(CacheLayer.init(rawValue:))
        {
            return (facts, layer, .raw(answer))
        }
        return await cache.answer(for: key).map { ($0.facts, $0.layer, .raw($0.document.root)) }
    }

    /// Makes answers unfindable, here and at the gateway.
    ///
    /// - Returns: whether a gateway was told.
    /// - Throws: which layer may still have them.
    func invalidate(_ argument: CacheSelectionArgument, event: String? = nil) async throws -> Bool {
        let isGateway = try await gatewaysReport() != nil
        var problem: String?
        do throws(CacheStoreError) {
            if let event {
                try await cache.invalidate(event: event, in: argument.selection)
            } else {
                try await cache.invalidate(argument.selection)
            }
        } catch {
            problem = "the answers may still be found: \(error)"
        }
        // Also when a store could not be reached: the gateway's memory can.
        if isGateway {
            let isAll = event == nil && argument.selection == .all
            let query = argument.query(and: [("event", event), ("all", isAll ? "true" : nil)])
            let answer = try await gateway.send("POST", "/admin/cache/invalidate" + query)
            if answer?.status != 200 {
                let reason = answer?.document["problem"]?.string ?? answer?.document["error"]?["message"]?.string
                problem = problem ?? "the gateway may still have the answers: \(reason ?? "it did not answer")"
            }
        }
        if let problem { throw CommandFailure(.failure, problem) }
        return isGateway
    }
}
