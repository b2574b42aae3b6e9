internal import AurelisJSON

/// What is told about a transition to whoever wants to know.
///
///     {"id":"…","event":"health.changed","component":"models","from":"healthy","to":"degraded",…}
package struct HealthAlert: Sendable, Hashable {
    /// Why it is told.
    package enum Event: String, Sendable, Hashable {
        /// Something has changed.
        case changed = "health.changed"
        /// Something is still in trouble.
        case reminder = "health.reminder"
        /// Somebody tries whether alerts arrive.
        case test = "health.test"
    }

    /// Who tells it.
    package struct Sender: Sendable, Hashable {
        /// Which process it is, for those who have several.
        package var instance: String
        /// Its version.
        package var version: String

        /// A process.
        package init(instance: String, version: String) {
            self.instance = instance
            self.version = version
        }
    }

    /// The same for each attempt to deliver it and for everybody who is told, so that it can be recognised.
    package var id: String
    /// Why it is told.
    package var event: Event
    /// What has happened.
    package var transition: HealthTransition
    /// Who tells it.
    package var sender: Sender

    /// An alert.
    ///
    /// - Parameter id: nil: made of what it tells, such as `alert_5b1f0c9ae4d27788`.
    package init(_ event: Event, _ transition: HealthTransition, from sender: Sender, id: String? = nil) {
        self.event = event
        self.transition = transition
        self.sender = sender
        self.id = id ?? Self.id(of: event, transition, sender)
    }

    private static func id(of event: Event, _ transition: HealthTransition, _ sender: Sender) -> String {
        let (from, to) = (transition.from.rawValue, transition.to.rawValue)
        let parts = [sender.instance, event.rawValue, transition.component.rawValue, from, to, "\(transition.time)"]
        return "alert_" + AuditDigest.text(of: Array(parts.joined(separator: "\n").utf8)).prefix(16)
    }

    /// A body that no receiver refuses for its size, and that fits into a pipe.
    private static let changesTold = 20

    /// The JSON that is sent.
    package var body: [UInt8] {
        var transition = transition
        let left = transition.changes.count - Self.changesTold
        transition.changes = Array(transition.changes.prefix(Self.changesTold))
        var json = JSONWriter()
        json.beginObject()
        json.field("id", id)
        json.field("event", event.rawValue)
        json.field("instance", sender.instance)
        json.field("version", sender.version)
        transition.writeMembers(to: &json)
        if left > 0 { json.field("more_changes", left) }
        json.endObject()
        return json.bytes
    }

    /// One line for a log.
    package var line: String {
        let (from, to) = (transition.from.rawValue, transition.to.rawValue)
        let change = from == to ? "still \(to)" : "\(from) -> \(to)"
        return "\(transition.component.rawValue): \(change)" + (transition.reason.map { ": \($0)" } ?? "")
    }
}

extension HealthTransition {
    /// What is told to try whether alerts arrive.
    package static func test(at time: Int64) -> HealthTransition {
        HealthTransition(
            time: time,
            component: .models,
            from: .healthy,
            to: .healthy,
            since: time,
            reason: "a test of `aurelis health test-alert`: nothing is wrong",
            overall: .healthy,
            changes: []
        )
    }
}
