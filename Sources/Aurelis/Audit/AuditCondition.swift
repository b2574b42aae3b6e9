/// How an audit log is, for those who watch it.
///
///     if let obstacle = condition.obstacle { print("not ready: \(obstacle)") }
package struct AuditCondition: Sendable, Hashable {
    /// Entries that wait for the disk.
    package var waiting = 0
    /// Entries that were lost since the process began.
    package var lost = 0
    /// Requests that were refused since the process began.
    package var refused = 0
    /// How often there was an alarm.
    package var alarms = 0
    /// Why it cannot be written now; nil when it can.
    package var failure: String?
    /// Whether requests are refused because of that.
    package var isBlocking = false

    /// A log that works.
    package init() {}

    /// Why requests are not answered; nil: they are, be it unrecorded.
    package var obstacle: String? {
        isBlocking ? "the audit log cannot be written: \(failure ?? "too much waits for the disk")" : nil
    }
}
