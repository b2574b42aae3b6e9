/// Something that happened, as it is handed to the log: nothing is formatted yet.
package enum AuditEntry: Sendable {
    /// A request has ended: what was asked, and what came of it.
    case request(RequestRecord, AuditDetails)
    /// Somebody was let in, or not.
    case authentication(AuditAuthentication)
    /// A rule of security applied.
    case security(AuditSecurity)
    /// The rules by which the process works.
    case configuration(AuditConfiguration)
    /// The log, of itself.
    case notice(AuditNotice, time: Int64)

    /// About how many bytes it takes while it waits.
    package var weight: Int {
        if case .request(_, let details) = self { 512 + details.weight } else { 512 }
    }
}

/// How many events there were that have no entry of their own, because there were too many.
package struct AuditLeftOut: Sendable, Hashable {
    package var count: Int
    /// Since when, in milliseconds since 1970-01-01 UTC.
    package var since: Int64

    package init(count: Int, since: Int64) {
        self.count = count
        self.since = since
    }
}

/// Somebody who wanted to come in, or a change of who may.
package struct AuditAuthentication: Sendable, Hashable {
    /// When, in milliseconds since 1970-01-01 UTC.
    package var time: Int64
    /// Whether he was let in.
    package var isAccepted: Bool
    /// Where: `gateway`, `admin`, or a provider.
    package var place: String
    /// The name of his key, when it is known. Never the key.
    package var key: String?
    /// Why not, such as `unknown_key`, `expired`, `model_not_allowed`.
    package var reason: String?
    /// Where he came from.
    package var address: String?
    /// The request.
    package var requestID: RequestID?
    /// What was done about who may come in, such as `key_created`; nil: somebody wanted to.
    package var action: String?
    /// How many more there were that have no entry of their own.
    package var leftOut: AuditLeftOut?

    /// Somebody who was refused, or let in.
    package init(
        time: Int64,
        isAccepted: Bool = false,
        action: String? = nil,
        place: String,
        key: String? = nil,
        reason: String? = nil,
        address: String? = nil,
        requestID: RequestID? = nil,
        leftOut: AuditLeftOut? = nil
    ) {
        self.leftOut = leftOut
        self.time = time
        self.isAccepted = isAccepted
        self.action = action
        self.place = place
        self.key = key
        self.reason = reason
        self.address = address
        self.requestID = requestID
    }
}

/// A rule of security that applied: something was refused, blanked, or let pass with a warning.
package struct AuditSecurity: Sendable, Hashable {
    /// When, in milliseconds since 1970-01-01 UTC.
    package var time: Int64
    /// What became of it: `blocked`, `redacted`, `warned`.
    package var action: String
    /// Which rule, such as `github_token`.
    package var rule: String
    /// Where: `gateway` or `admin`; nil: in a request, which says the rest.
    package var place: String?
    /// More about it, without what was found.
    package var message: String?
    /// Where it came from.
    package var address: String?
    /// Whose request it was.
    package var tenant: String
    /// The request.
    package var requestID: RequestID?
    /// How many more there were that have no entry of their own.
    package var leftOut: AuditLeftOut?

    /// A rule that applied.
    package init(
        time: Int64,
        action: String,
        rule: String,
        place: String? = nil,
        message: String? = nil,
        address: String? = nil,
        tenant: String = "",
        requestID: RequestID? = nil,
        leftOut: AuditLeftOut? = nil
    ) {
        self.place = place
        self.address = address
        self.leftOut = leftOut
        self.time = time
        self.action = action
        self.rule = rule
        self.message = message
        self.tenant = tenant
        self.requestID = requestID
    }
}

/// The configuration came into effect, or did not.
package struct AuditConfiguration: Sendable, Hashable {
    /// When, in milliseconds since 1970-01-01 UTC.
    package var time: Int64
    /// `start`, `reload`, `reload_refused`.
    package var action: String
    /// The settings that are said somewhere, at a start; those that changed, at a reload. Paths, never values.
    package var settings: [String]
    /// Why it was refused.
    package var reason: String?

    /// What happened to the configuration.
    package init(time: Int64, action: String, settings: [String], reason: String? = nil) {
        self.time = time
        self.action = action
        self.settings = settings
        self.reason = reason
    }
}
