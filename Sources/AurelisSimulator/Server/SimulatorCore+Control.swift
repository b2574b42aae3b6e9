internal import AurelisJSON
internal import NIOCore
internal import Synchronization

/// What can be done to a running simulator, from Swift and through `/_simulator/`.
extension SimulatorCore {
    var now: SimulatorInstant { state.withLock { $0.timeline.now } }

    /// How much simulated time a second of a delay takes.
    var delayScale: Double { configuration.delaysFollowTimeScale ? 1 : configuration.timeScale }

    /// How long the clock takes until then; zero when it has come, nil when only `advance(by:)` gets there.
    func realDuration(until instant: SimulatorInstant) -> Duration? {
        state.withLock { state in
            let rest = state.timeline.now.duration(to: instant)
            return rest == .zero ? .zero : state.timeline.realDuration(of: rest)
        }
    }

    func advance(by duration: Duration) {
        state.withLock { $0.timeline.advance(by: duration) }
    }

    func setFaults(_ script: FaultScript) {
        state.withLock { $0.faults = FaultSchedule(script) }
    }

    /// Empties log and quotas and begins the fault script again, its outages included.
    func reset() {
        withBooks { state in
            state.generation += 1
            state.epoch = state.timeline.now
            state.quota.reset()
            state.faults = FaultSchedule(state.faults.script)
            state.log = RequestLog(
                capacity: configuration.requestLogCapacity,
                recordsBodies: configuration.recordsBodies
            )
        }
    }

    var logEntries: [SimulatorLogEntry] {
        state.withLock { $0.log }.records.map { SimulatorLogEntry($0, catalog: catalog) }
    }

    /// Answers a request below `/_simulator/`.
    ///
    /// - Returns: the answer, and whether waiting connections must look at the clock again.
    func control(_ resource: ControlResource, method: String, body: ByteBuffer) -> (reply: Reply, movedTime: Bool) {
        do {
            switch (resource, method) {
            case (.requests, "DELETE"):
                state.withLock { $0.log.clear() }
                return (.done, false)
            case (.requests, _):
                let log = state.withLock { $0.log }
                return (Reply(document: log.document(catalog: catalog)), false)
            case (.faults, "PUT"):
                setFaults(try FaultScript(parsing: Array(body.readableBytesView)))
                return (.done, false)
            case (.faults, _):
                let script = state.withLock { $0.faults.script }
                return (Reply(document: script.document), false)
            case (.time, _):
                advance(by: try Self.advance(in: body))
                return (timeReport, true)
            case (.quota, _):
                return (Reply(document: quotaDocument), false)
            case (.reset, _):
                reset()
                return (.done, false)
            case (.health, _):
                return (Reply(document: Array(#"{"status":"ok"}"#.utf8)), false)
            }
        } catch {
            return (Reply(.control(error)), false)
        }
    }

    private static func advance(in body: ByteBuffer) throws(FaultScriptError) -> Duration {
        guard let document = try? JSONDocument(Array(body.readableBytesView)),
            let seconds = document["advance_seconds"]?.double, seconds >= 0, seconds <= 1e9
        else {
            throw FaultScriptError(path: "advance_seconds", message: "expected a number of seconds, at least 0")
        }
        return .seconds(seconds)
    }

    private var timeReport: Reply {
        let elapsed = state.withLock { $0.elapsed }
        var json = JSONWriter()
        json.object { $0.field("elapsed_seconds", elapsed / .seconds(1)) }
        return Reply(document: json.bytes)
    }

    private var quotaDocument: [UInt8] {
        let usage = state.withLock { $0.quota.usage(at: $0.timeline.now) }
        var json = JSONWriter(capacity: 256 + 256 * usage.count)
        json.object { json in
            json.field("tier", configuration.tier.rawValue)
            json.field("enforced", configuration.enforcesQuotas)
            json.key("accounts")
            json.array(of: usage) { json, usage in usage.write(to: &json, catalog) }
        }
        return json.bytes
    }
}

extension QuotaStateMachine.Usage {
    fileprivate func write(to json: inout JSONWriter, _ catalog: ModelCatalog) {
        json.field("account", Hexadecimal.string(key.account))
        json.field("model", catalog[key.model].id)
        Self.window("minute", used: minute, limit: limits.perMinute, minuteResetsIn, to: &json)
        Self.window("day", used: day, limit: limits.perDay, dayResetsIn, to: &json)
        json.object("concurrent") { json in
            json.field("used", concurrent)
            json.field("limit", limits.concurrent)
        }
    }

    private static func window(
        _ name: String,
        used: Int,
        limit: Int,
        _ resetsIn: Duration?,
        to json: inout JSONWriter
    ) {
        json.object(name) { json in
            json.field("used", used)
            json.field("limit", limit)
            json.field("resets_in_seconds", resetsIn?.secondsRoundedUp ?? 0)
        }
    }
}

extension Reply {
    fileprivate static let done = Reply(document: Array(#"{"ok":true}"#.utf8))
}

extension PlatformError {
    fileprivate static func control(_ error: FaultScriptError) -> PlatformError {
        PlatformError(400) { json in
            json.field("code", "invalid_control_request")
            json.field("message", error.description)
            json.field("path", error.path)
        }
    }
}
