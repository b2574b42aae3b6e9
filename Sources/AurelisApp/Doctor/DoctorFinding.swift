/// What one check of `aurelis doctor` has found.
package struct DoctorFinding: Sendable, Hashable {
    /// How it is.
    package enum Verdict: String, Sendable, Hashable, CaseIterable {
        /// As it should be.
        case ok
        /// It works, but something should be done.
        case warn
        /// It does not work.
        case fail
        /// It was not looked at.
        case skipped
    }

    /// Which check.
    package var check: String
    /// How it is.
    package var verdict: Verdict
    /// What was found.
    package var message: String
    /// What to do; nil: nothing.
    package var advice: String?

    /// A finding.
    package init(_ check: String, _ verdict: Verdict, _ message: String, advice: String? = nil) {
        self.check = check
        self.verdict = verdict
        self.message = message
        self.advice = advice
    }
}

/// One check: its name, and the way to find something out, which ends by itself.
struct DoctorCheck: Sendable {
    let name: String
    let run: @Sendable () async -> [DoctorFinding]

    init(_ name: String, _ run: @escaping @Sendable () async -> [DoctorFinding]) {
        self.name = name
        self.run = run
    }
}
