package import Aurelis
internal import AurelisStorage

extension AuditTrail {
    /// A server has none of its pinned keys, and is asked all the same.
    func pinMismatch(_ message: String) {
        let event = AuditSecurity(time: now, action: "warned", rule: "pin_mismatch", message: message)
        log?.append(.security("providers", "pin_mismatch")) { .security(event) }
    }
}

extension AuditTrail: RefusalRecorder {
    package func turnedAway(_ reason: String, at place: String, _ details: () -> RefusalDetails) {
        log?.append(.authentication(place, reason)) {
            let details = details()
            return .authentication(
                AuditAuthentication(
                    time: now,
                    place: place,
                    key: details.key,
                    reason: reason,
                    address: details.address,
                    requestID: details.requestID
                )
            )
        }
    }

    package func blocked(by rule: String, at place: String, _ details: () -> RefusalDetails) {
        log?.append(.security(place, rule)) {
            let details = details()
            return .security(
                AuditSecurity(
                    time: now,
                    action: "blocked",
                    rule: rule,
                    place: place,
                    message: details.message,
                    address: details.address,
                    requestID: details.requestID
                )
            )
        }
    }
}
