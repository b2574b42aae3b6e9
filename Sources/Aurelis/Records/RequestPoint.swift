/// What became of the requests of one stretch of time, in numbers.
package struct RequestPoint: Sendable, Hashable {
    /// All that ended.
    package var requests = 0
    /// Without an answer, or with a part of one.
    package var failed = 0
    /// Given up by their callers.
    package var cancelled = 0
    /// Answered from the cache in time, by layer.
    package var (memory, redis, database) = (0, 0, 0)
    /// Answered from the cache although the answer's time was over.
    package var stale = 0
    /// Answered with the answer to an equal request.
    package var shared = 0
    /// Tokens of prompts and answers that a provider counted; not those that the cache made unnecessary.
    package var tokens: Int64 = 0
    /// What is known of the cost, in picodollars.
    package var cost: Int64 = 0
    /// How long the answered ones took in all, in microseconds.
    package var time: Int64 = 0
    private var latency = LatencyHistogram()

    /// Nothing yet.
    package init() {}

    /// Counts a request.
    package mutating func add(_ record: RequestRecord) {
        requests += 1
        guard record.outcome == .answered else {
            if record.outcome == .failed(.cancelled) { cancelled += 1 } else { failed += 1 }
            return addUse(of: record)
        }
        let microseconds = record.duration.microseconds
        time = time.clampedSum(microseconds)
        latency.add(microseconds: microseconds)
        switch record.trace.cache {
        case .hit(.memory, _): memory += 1
        case .hit(.redis, _): redis += 1
        case .hit(.database, _): database += 1
        case .stale: stale += 1
        case .shared: shared += 1
        case .miss, .bypass, nil: addUse(of: record)
        }
    }

    /// Counts those of another stretch too.
    static func += (point: inout RequestPoint, other: RequestPoint) {
        point.requests += other.requests
        point.failed += other.failed
        point.cancelled += other.cancelled
        point.memory += other.memory
        point.redis += other.redis
        point.database += other.database
        point.stale += other.stale
        point.shared += other.shared
        point.tokens = point.tokens.clampedSum(other.tokens)
        point.cost = point.cost.clampedSum(other.cost)
        point.time = point.time.clampedSum(other.time)
        point.latency += other.latency
    }

    /// Those with a whole answer.
    package var answered: Int { requests - failed - cancelled }

    /// The time within which this share of the answers came, as exactly as a chart needs it; nil when there were none.
    package func percentile(_ share: Double) -> Duration? { latency.percentile(share) }

    private mutating func addUse(of record: RequestRecord) {
        if let usage = record.usage { tokens = tokens.clampedSum(Int64(clamping: usage.total)) }
        if let cost = record.cost { self.cost = self.cost.clampedSum(cost) }
    }
}
