/// Tells from single outcomes when something stopped working, and when it works again, once each.
struct RedisCacheCondition {
    enum Change: Equatable {
        case failed
        case recovered
    }

    /// One failure is an accident.
    private static let threshold = 3

    private var failures = 0

    mutating func succeeded() -> Change? {
        defer { failures = 0 }
        return failures >= Self.threshold ? .recovered : nil
    }

    mutating func failed() -> Change? {
        guard failures < Self.threshold else { return nil }
        failures += 1
        return failures == Self.threshold ? .failed : nil
    }
}
