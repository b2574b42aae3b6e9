internal import Aurelis
internal import AurelisStorage

/// Takes note of requests in the history and in the audit log.
struct AuditedHistory: RequestAuditor {
    let history: RequestHistory
    let audit: AuditLog

    var withContent: Bool { audit.settings.withContent }

    var refuses: Bool { audit.refuses }

    var obstacle: String? { audit.condition.obstacle }

    var refusal: ModelError? { audit.refusal }

    func begin(_ request: ActiveRequest) { history.begin(request) }

    func forget(_ request: RequestID) { history.forget(request) }

    func record(_ record: RequestRecord) { self.record(record, AuditDetails()) }

    func record(_ record: RequestRecord, _ details: AuditDetails) {
        history.record(record)
        audit.append(.request(record, details))
    }
}
