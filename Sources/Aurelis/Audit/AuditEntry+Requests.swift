/// What is to be said of a request besides that it was made and what came of it.
///
/// Not damped: whoever has requests recorded has a line or two more of each that something is wrong with.
extension AuditSecurity {
    /// What was found in a request, in one line for each thing that became of it.
    static func findings(of record: RequestRecord, at time: Int64) -> [AuditSecurity] {
        guard !record.trace.findings.isEmpty else { return [] }
        return [SecretNotice.Action.blocked, .redacted, .passed].compactMap { action in
            let notices = record.trace.findings.filter { $0.action == action }
            guard !notices.isEmpty else { return nil }
            var kinds: [String] = []
            for notice in notices where !kinds.contains(notice.kind.rawValue) { kinds.append(notice.kind.rawValue) }
            return AuditSecurity(
                time: time,
                action: action == .passed ? "warned" : action.rawValue,
                rule: kinds.joined(separator: ","),
                message: notices.map { "\($0.kind) in \($0.place)" }.joined(separator: ", "),
                tenant: record.tenant,
                requestID: record.id
            )
        }
    }
}

extension AuditEntry {
    /// That a request was refused by a rule of security, for its key, or by a provider for its credential; nil: it was not,
    /// or that is told already.
    init?(refusalOf record: RequestRecord, _ details: AuditDetails, at time: Int64) {
        guard case .failed(let category) = record.outcome else { return nil }
        if let key = details.key {
            self = .authentication(
                AuditAuthentication(
                    time: time,
                    place: "gateway",
                    key: key,
                    reason: details.code ?? category.rawValue,
                    requestID: record.id
                )
            )
            return
        }
        switch category {
        case .security:
            guard !record.trace.findings.contains(where: { $0.action == .blocked }) else { return nil }
            self = .security(
                AuditSecurity(
                    time: time,
                    action: "blocked",
                    rule: details.code ?? category.rawValue,
                    message: record.message,
                    tenant: record.tenant,
                    requestID: record.id
                )
            )
        case .authentication, .permission:
            // Without a provider it is the gateway that refused, and who refused says so himself.
            guard let provider = record.provider else { return nil }
            self = .authentication(
                AuditAuthentication(
                    time: time,
                    place: provider,
                    reason: record.message ?? category.rawValue,
                    requestID: record.id
                )
            )
        default: return nil
        }
    }
}
