/// The latest invalidations of this process: an answer that was asked for before one of them, and comes after it, is
/// not kept.
struct RecentInvalidations: Sendable {
    private var list: [CacheInvalidation] = []
    /// What has been forgotten of the list counts as an invalidation of everything.
    private var floor: Int64 = .min
    private static let maximum = 1_024
    /// How many there have ever been.
    private(set) var count: UInt64 = 0

    mutating func append(_ invalidation: CacheInvalidation) {
        list.append(invalidation)
        count += 1
        guard list.count > Self.maximum else { return }
        floor = list.removeFirst().time
    }

    func cover(_ facts: CacheFacts) -> Bool {
        facts.created <= floor || list.contains { $0.covers(facts) }
    }
}
