/// Bounds how many events of a kind a log takes, so that whoever is refused a thousand times a second fills no disk.
///
/// The first few of a while are taken; those beyond them are counted, and their number is told when the while is over.
///
///     var damper = AuditDamper()
///     if case .take = damper.admit(.authentication("gateway", "unknown_key"), at: now) { log.append(event) }
///     for left in damper.due(at: later) { … }      // 4,711 more of this kind
///
/// A while is a second; after one in which something was left out the next is twice as long, up to a minute. So a flood
/// that lasts takes a few lines a minute, and what comes now and then is told in full.
package struct AuditDamper: Sendable {
    /// What is counted together.
    package struct Kind: Sendable, Hashable {
        /// Which event it is.
        package enum Event: Sendable, Hashable { case authentication, security }

        package let event: Event
        /// Where.
        package let place: String
        /// Why, or which rule.
        package let reason: String

        /// Somebody was not let in.
        package static func authentication(_ place: String, _ reason: String) -> Kind {
            Kind(event: .authentication, place: place, reason: reason)
        }

        /// A rule of security applied.
        package static func security(_ place: String, _ rule: String) -> Kind {
            Kind(event: .security, place: place, reason: rule)
        }
    }

    /// What becomes of an event.
    package enum Verdict: Sendable, Hashable {
        case take
        /// It is counted; the number is due at this time.
        case leaveOut(due: ContinuousClock.Instant)
    }

    /// How many of a kind were left out.
    package struct LeftOut: Sendable, Hashable {
        package let kind: Kind
        package let count: Int
        /// When the while began.
        package let since: ContinuousClock.Instant

        package init(kind: Kind, count: Int, since: ContinuousClock.Instant) {
            self.kind = kind
            self.count = count
            self.since = since
        }
    }

    private struct Window: Sendable {
        var start: ContinuousClock.Instant
        var length: Duration
        var taken = 0
        var leftOut = 0

        var end: ContinuousClock.Instant { start.advanced(by: length) }
    }

    private let limit: Int
    private let shortest: Duration
    private let longest: Duration
    private let maximumKinds: Int
    private var windows: [Kind: Window] = [:]
    private var told: [LeftOut] = []

    /// A damper.
    ///
    /// - Parameters:
    ///   - limit: how many events of a kind are taken in a while.
    ///   - maximumKinds: how many kinds are told apart; what comes beyond them counts as one more.
    package init(
        limit: Int = 10,
        shortest: Duration = .seconds(1),
        longest: Duration = .seconds(60),
        maximumKinds: Int = 64
    ) {
        self.limit = limit
        self.shortest = shortest
        self.longest = longest
        self.maximumKinds = maximumKinds
    }

    /// Whether an event is taken.
    package mutating func admit(_ kind: Kind, at now: ContinuousClock.Instant) -> Verdict {
        var kind = kind
        if windows[kind] == nil, windows.count >= maximumKinds {
            for (kind, window) in windows where window.end <= now { roll(kind, at: now) }
            if windows.count >= maximumKinds { kind = Kind(event: kind.event, place: kind.place, reason: "other") }
        }
        if let window = windows[kind], window.end <= now { roll(kind, at: now) }
        var window = windows[kind] ?? Window(start: now, length: shortest)
        defer { windows[kind] = window }
        guard window.taken < limit else {
            window.leftOut += 1
            return .leaveOut(due: window.end)
        }
        window.taken += 1
        return .take
    }

    /// What is to be told by now of what was left out, once.
    ///
    /// - Parameter all: also of whiles that are not over, because the log is.
    package mutating func due(at now: ContinuousClock.Instant, all: Bool = false) -> [LeftOut] {
        for (kind, window) in windows where all || window.end <= now { roll(kind, at: now) }
        defer { told = [] }
        return told.sorted { ($0.since, $0.kind.reason, $0.kind.place) < ($1.since, $1.kind.reason, $1.kind.place) }
    }

    /// When something is to be told next; nil: nothing was left out.
    package var next: ContinuousClock.Instant? {
        told.first?.since ?? windows.values.lazy.filter { $0.leftOut > 0 }.map(\.end).min()
    }

    /// Ends a while. The kind is forgotten when it came no more often than is told in full.
    private mutating func roll(_ kind: Kind, at now: ContinuousClock.Instant) {
        guard let window = windows.removeValue(forKey: kind), window.leftOut > 0 else { return }
        told.append(LeftOut(kind: kind, count: window.leftOut, since: window.start))
        windows[kind] = Window(start: now, length: min(window.length * 2, longest))
    }
}
