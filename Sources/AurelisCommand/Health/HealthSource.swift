internal import Aurelis
internal import AurelisApp
internal import AurelisJSON

/// Where health is read: at a running gateway, or in the data directory.
struct HealthSource: Sendable {
    let gateway: ControlPlane
    let session: Session

    private static let transitions = 100

    /// What was read.
    struct Found: Sendable {
        var report: HealthReport
        var history: [HealthTransition] = []
        /// The version and the name of the gateway, when it tells.
        var version: String?
        var instance: String?
        /// Whether it comes from records, not from a gateway.
        var isStored = false
    }

    /// Asks the gateway, or reads the records.
    func read(withHistory: Bool) async throws -> Found {
        if let found = try await asked(withHistory: withHistory) { return found }
        try session.requireReadableData()
        let stored = StoredHealth(session.configuration, logger: session.logger)
        let history = RequestHistory(
            directory: session.configuration.dataDirectory,
            simulated: session.configuration.simulates,
            logger: session.logger
        )
        do {
            var found = Found(report: try await stored.report(of: history))
            found.isStored = true
            if withHistory { found.history = stored.transitions(Self.transitions) }
            return found
        } catch let error where !(error is CancellationError) {
            throw CommandFailure(
                .failure,
                "the records of \(session.configuration.dataDirectory) cannot be read: \(error)",
                hint: "name another directory with --data-dir, or a running gateway with --admin URL"
            )
        }
    }

    private func asked(withHistory: Bool) async throws -> Found? {
        // 503 is an answer too: it says unhealthy.
        guard let answer = try await gateway.send("GET", "/health"),
            let report = HealthReport(reading: answer.document.root)
        else { return nil }
        var found = Found(report: report)
        found.version = answer.document["version"]?.string
        found.instance = answer.document["instance"]?.string
        guard withHistory else { return found }
        let list = try await gateway.get("/health/history?limit=\(Self.transitions)")?["history"]
        found.history = list?.elements.compactMap(HealthTransition.init(reading:)) ?? []
        return found
    }
}

extension HealthSource.Found {
    /// One object.
    func json() -> String {
        var json = JSONWriter()
        json.beginObject()
        report.writeMembers(to: &json)
        json.optional("version", version)
        json.optional("instance", instance)
        json.field("source", isStored ? "records" : "gateway")
        if !history.isEmpty { json.array("history", history) { $0.writeMembers(to: &$1) } }
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// What makes a look another one than the last.
    var withoutTime: String {
        var still = self
        still.report.time = 0
        return still.json()
    }
}
