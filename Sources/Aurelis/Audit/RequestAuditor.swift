/// A recorder that is told more of a request than its record, and without which nothing may be answered.
package protocol RequestAuditor: RequestRecorder {
    /// Whether it wants what was asked and answered.
    var withContent: Bool { get }

    /// Whether no request may be answered now. Asked by every request: no more than a glance.
    var refuses: Bool { get }

    /// Why no request may be answered now, for those who watch; nil when they may.
    var obstacle: String? { get }

    /// Why a request is refused, which is counted; nil when it may be answered.
    var refusal: ModelError? { get }

    /// Takes note of a request that has ended; neither waits nor blocks.
    func record(_ record: RequestRecord, _ details: AuditDetails)
}
