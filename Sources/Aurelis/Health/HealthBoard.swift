/// What may be read of a process's health: closures, so that whoever shows it knows nothing of who watches.
package struct HealthBoard: Sendable {
    /// How everything was at the last look.
    package var report: @Sendable () -> HealthReport
    /// The latest transitions, the newest first.
    package var history: @Sendable (_ limit: Int) -> [HealthTransition]
    /// The version of the process.
    package var version: String
    /// Which process it is, for those who have several.
    package var instance: String

    /// A board.
    package init(
        version: String,
        instance: String,
        report: @escaping @Sendable () -> HealthReport,
        history: @escaping @Sendable (_ limit: Int) -> [HealthTransition]
    ) {
        self.version = version
        self.instance = instance
        self.report = report
        self.history = history
    }
}
