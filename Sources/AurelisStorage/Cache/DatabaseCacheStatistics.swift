/// What a database cache has done since it was made.
package struct DatabaseCacheStatistics: Sendable, Hashable {
    /// Look-ups.
    package var lookups = 0
    /// Look-ups that needed no look into the database.
    package var indexRejections = 0
    /// Look-ups and writes that failed or took too long.
    package var failures = 0
    /// Answers that wait for the disk.
    package var queued = 0
    /// Answers that were written.
    package var kept = 0
    /// Answers that were not written: too many, too fast, or invalidated meanwhile.
    package var dropped = 0
    /// Answers that were deleted because they were past their time.
    package var expired = 0
    /// The latest failure, for people; nil when there was none.
    package var lastError: String?

    /// Nothing yet.
    package init() {}
}
