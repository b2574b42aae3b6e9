/// How far a batch is.
///
///     print("\(progress.done) of \(progress.total ?? 0)")
public struct BatchProgress: Sendable, Hashable {
    /// How many items there are; nil while that is not known.
    public var total: Int?
    /// Items with an answer, those of earlier runs included.
    public var answered = 0
    /// Items whose result is an error, those of earlier runs included.
    public var failed = 0
    /// Items whose result is of an earlier run.
    public var restored = 0
    /// Answers that came from the cache.
    public var cached = 0
    /// Items that shared the answer of an equal one.
    public var coalesced = 0
    /// Items that are being asked.
    public var inFlight = 0
    /// Items that wait until a model wants requests again.
    public var parked = 0
    /// Items that are left for another run, because their model refuses for longer than this one waits.
    public var left = 0
    /// When the first of the parked items is asked again; nil when none is.
    public var resumesAt: ContinuousClock.Instant?

    /// Nothing is done.
    public init(total: Int? = nil) { self.total = total }

    /// Items with a result.
    public var done: Int { answered + failed }
}

/// What became of a batch.
public struct BatchReport: Sendable {
    /// How far it came.
    public var progress: BatchProgress
    /// Why it ended.
    public var end: End
    /// When the first of the models that refused may be asked again; nil when none did, or nobody knows.
    public var resumesAt: ContinuousClock.Instant?

    /// Why a batch ended.
    public enum End: Sendable {
        /// Every item has a result.
        case completed
        /// Some items are left: their models refuse, for longer than the batch waits; `retryAfter` says how long, where
        /// somebody knows.
        case exhausted(ModelError)
        /// The batch's deadline passed.
        case expired
        /// The task was cancelled.
        case cancelled
    }
}
