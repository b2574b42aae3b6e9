internal import Aurelis

/// What the process tells its parent, so that a script can decide without reading messages.
struct CommandStatus: RawRepresentable, Hashable, Sendable {
    let rawValue: Int32

    static let success = CommandStatus(rawValue: 0)
    static let failure = CommandStatus(rawValue: 1)
    /// The command line itself is wrong.
    static let usage = CommandStatus(rawValue: 2)
    static let configuration = CommandStatus(rawValue: 3)
    static let authentication = CommandStatus(rawValue: 4)
    /// No provider gave an answer.
    static let provider = CommandStatus(rawValue: 5)
    /// A content filter or a security rule refused.
    static let refused = CommandStatus(rawValue: 6)
    /// A limit that passes with time, or a budget that is used up.
    static let exhausted = CommandStatus(rawValue: 75)
    static let interrupted = CommandStatus(rawValue: 130)
    /// Nobody reads the output any more; what a shell shows for SIGPIPE.
    static let brokenPipe = CommandStatus(rawValue: 141)
    /// What a shell shows for SIGTERM.
    static let terminated = CommandStatus(rawValue: 143)
}

extension CommandStatus {
    /// The status for a request that found no answer.
    init(_ error: ModelError) {
        // Nobody was asked, and nobody's answer would change that.
        guard error.code != "audit_unavailable" else {
            self = .failure
            return
        }
        switch error.category {
        case .authentication, .permission: self = .authentication
        case .contentFilter, .security: self = .refused
        case .rateLimit, .quota: self = .exhausted
        case .cancelled: self = .interrupted
        // Refused before anything was sent: the arguments are at fault. Refused by a provider: it may be the provider.
        case .invalidRequest: self = error.status == nil ? .usage : .provider
        case .contextLength, .modelUnavailable, .retired, .timeout, .connection, .upstream, .overloaded,
            .notCached:
            self = .provider
        default: self = .failure
        }
    }
}
