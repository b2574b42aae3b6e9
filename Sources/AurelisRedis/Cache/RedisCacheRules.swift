import Aurelis

/// The invalidations that answers from Redis are checked against. Bounded: too many become one of everything.
struct RedisCacheRules {
    private let maximumCount: Int
    /// The latest time for each selection: an earlier one of the same selection says nothing more.
    private var times: [CacheSelection: Int64] = [:]
    private var latest = Int64.min

    init(maximumCount: Int) {
        self.maximumCount = max(1, maximumCount)
    }

    var count: Int { times.count }

    var all: [CacheInvalidation] { times.map { CacheInvalidation($0.key, time: $0.value) } }

    /// Whether an answer counts no more.
    func cover(_ facts: CacheFacts) -> Bool {
        // Most answers are younger than every invalidation.
        guard facts.created <= latest else { return false }
        return times.contains { CacheInvalidation($0.key, time: $0.value).covers(facts) }
    }

    /// Whether a rule says nothing that is not known.
    func imply(_ rule: CacheInvalidation) -> Bool {
        max(times[rule.selection] ?? .min, times[.all] ?? .min) >= rule.time
    }

    /// False when the rule was known.
    @discardableResult
    mutating func add(_ rule: CacheInvalidation) -> Bool {
        guard !imply(rule) else { return false }
        times[rule.selection] = rule.time
        latest = max(latest, rule.time)
        if rule.selection == .all {
            times = times.filter { $0.value > rule.time || $0.key == .all }
        } else if times.count > maximumCount {
            times = [.all: latest]
        }
        return true
    }

    /// Forgets the rules about answers that Redis has no more.
    mutating func forget(before time: Int64) {
        guard times.contains(where: { $0.value < time }) else { return }
        times = times.filter { $0.value >= time }
        latest = times.values.max() ?? .min
    }

    /// Forgets a rule, unless a later one took its place.
    mutating func remove(_ rule: CacheInvalidation) {
        guard times[rule.selection] == rule.time else { return }
        times[rule.selection] = nil
        latest = times.values.max() ?? .min
    }
}
