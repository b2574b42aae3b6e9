/// What a cache layer in Redis has done, and how it is.
package struct RedisCacheStatistics: Sendable, Hashable {
    /// Answers that were asked for.
    package var lookups = 0
    /// Answers that were found and may be served.
    package var hits = 0
    /// Lookups that found an invalidated answer.
    package var invalidated = 0
    /// Lookups that Redis did not answer in time.
    package var timeouts = 0
    /// Lookups and changes that failed, timeouts included.
    package var failures = 0
    /// Values that are too large, or no answers to what was asked.
    package var unusable = 0
    /// Answers that wait to be stored, or are being stored.
    package var queued = 0
    /// Bytes of these.
    package var queuedBytes = 0
    /// Answers that Redis took.
    package var kept = 0
    /// Answers that were not stored: no room in the queue, too large, too old, invalidated, or Redis did not take them.
    package var dropped = 0
    /// Invalidations in force.
    package var rules = 0
    /// Invalidations that Redis has not taken yet.
    package var pendingInvalidations = 0
    /// Whether the invalidations of other instances are heard.
    package var isListening = false
    /// Whether Redis is left alone after failures.
    package var isCircuitOpen = false
    /// Why something failed last, in words, without secrets.
    package var lastError: String?

    /// Nothing yet.
    package init() {}
}
