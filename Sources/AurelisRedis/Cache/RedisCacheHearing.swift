/// Whether this process knows of every invalidation, without which no answer from Redis may be served.
///
/// A process that lives on hears of them; what was said before, it reads in Redis after it began to listen. One that
/// is gone in a moment reads them once.
struct RedisCacheHearing {
    private enum Phase {
        /// Nobody listens; the rules may have been read once.
        case oneShot(isLoading: Bool, isLoaded: Bool)
        case deaf
        case loading
        case current
    }

    private var phase = Phase.oneShot(isLoading: false, isLoaded: false)
    /// Counts the subscriptions: what was loaded for an earlier one does not count.
    private(set) var epoch: UInt64 = 0

    /// Whether an answer may be served.
    var isCurrent: Bool {
        switch phase {
        case .oneShot(_, let isLoaded): isLoaded
        case .current: true
        case .deaf, .loading: false
        }
    }

    var isListening: Bool {
        switch phase {
        case .loading, .current: true
        case .oneShot, .deaf: false
        }
    }

    /// Whether the rules are to be read, for a subscription that began.
    var wantsRules: Bool {
        if case .loading = phase { true } else { false }
    }

    /// True for the one lookup that has to read the rules.
    mutating func beginOneShot() -> Bool {
        guard case .oneShot(isLoading: false, isLoaded: false) = phase else { return false }
        phase = .oneShot(isLoading: true, isLoaded: false)
        return true
    }

    mutating func endOneShot(isLoaded: Bool) {
        guard case .oneShot = phase else { return }
        phase = .oneShot(isLoading: false, isLoaded: isLoaded)
    }

    mutating func started() { phase = .deaf }

    mutating func began() {
        epoch += 1
        phase = .loading
    }

    /// True when invalidations may be missed from now on.
    mutating func ended() -> Bool {
        defer { phase = .deaf }
        return isListening
    }

    mutating func loaded(for epoch: UInt64) {
        if case .loading = phase, epoch == self.epoch { phase = .current }
    }
}
