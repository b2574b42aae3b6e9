/// What a cache layer in Redis may cost and keep.
package struct RedisCacheSettings: Sendable {
    /// The beginning of every key and channel, for several installations in one Redis.
    package var prefix = "aurelis"
    /// The longest an answer is served from here.
    package var lifetime: Duration = .seconds(3_600)
    /// The longest a lookup takes, whatever Redis does.
    package var lookupDeadline: Duration = .milliseconds(5)
    /// The longest any other command takes.
    package var commandDeadline: Duration = .seconds(1)
    /// The longest `flush` takes.
    package var flushDeadline: Duration = .seconds(2)
    /// The longest the keys of invalidated answers are looked for, to free their memory.
    package var sweepDeadline: Duration = .seconds(10)
    /// How often what Redis did not take is tried again.
    package var retryInterval: Duration = .seconds(1)
    /// Bytes of one sealed answer; larger ones are neither stored nor taken.
    package var maximumValueBytes = 8 << 20
    /// Answers that wait to be stored.
    package var maximumQueuedEntries = 1_024
    /// Bytes of the answers that wait to be stored.
    package var maximumQueuedBytes = 64 << 20
    /// Invalidations that are remembered, here and in Redis; beyond it they become one of everything.
    package var maximumRules = 10_000
    /// Invalidations that Redis did not take and that are remembered; beyond it they become one of everything.
    package var maximumPendingRules = 1_000
    /// Keys that are looked at for `facts` and `usage`, and to free the memory of invalidated answers.
    package var maximumScannedKeys = 100_000

    /// The defaults.
    package init() {}
}

extension RedisCacheSettings {
    /// How long an invalidation is remembered: other instances may keep answers for longer than this one.
    var ruleLifetime: Duration { max(lifetime, .seconds(86_400)) + .seconds(300) }

    var answerPrefix: String { "\(prefix):1:answer:" }

    /// Names the channel of invalidations, and the sorted set of them.
    var invalidations: String { "\(prefix):1:invalidations" }
}
