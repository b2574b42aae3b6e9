/// Somebody who is told whom a server turned away, and which rule of security it applied, before there was a request to
/// tell of.
///
///     refusals.turnedAway("unknown_key", at: "gateway") { RefusalDetails(address: address) }
///
/// Called on a connection's own way, as often as somebody likes to be refused: an implementation neither waits nor
/// blocks, and bounds what it keeps.
package protocol RefusalRecorder: Sendable {
    /// Somebody was not let in.
    ///
    /// - Parameters:
    ///   - place: `gateway` or `admin`.
    ///   - details: more about it; asked only when it is kept.
    func turnedAway(_ reason: String, at place: String, _ details: () -> RefusalDetails)

    /// A rule of security applied, and what it is about went no further.
    func blocked(by rule: String, at place: String, _ details: () -> RefusalDetails)
}

/// Whom a server turned away, as far as it is known.
package struct RefusalDetails: Sendable, Hashable {
    /// The name of the key, never the key.
    package var key: String?
    /// Where it came from.
    package var address: String?
    /// The request, if it got as far as a name.
    package var requestID: RequestID?
    /// More about it, for a person.
    package var message: String?

    /// What is known.
    package init(
        key: String? = nil,
        address: String? = nil,
        requestID: RequestID? = nil,
        message: String? = nil
    ) {
        self.key = key
        self.address = address
        self.requestID = requestID
        self.message = message
    }
}

extension AccessRefusal {
    /// Why, in the words of the audit log: one for each case, more exact than what the caller is told.
    package var auditReason: String {
        switch self {
        case .missing(_, sentOther: false): "missing_key"
        case .missing(_, sentOther: true): "foreign_key"
        case .malformed: "malformed_key"
        case .unknown: "unknown_key"
        case .otherKind: "wrong_kind_of_key"
        case .expired: "expired_key"
        case .revoked: "revoked_key"
        case .replaced: "replaced_key"
        case .endpoint: "endpoint_not_allowed"
        case .unavailable: "keys_unavailable"
        }
    }

    /// The public name of the key, where it was one.
    package var key: String? {
        switch self {
        case .expired(let id, _), .revoked(let id, _), .replaced(let id, _), .endpoint(_, let id, _): id
        case .missing, .malformed, .unknown, .otherKind, .unavailable: nil
        }
    }
}
