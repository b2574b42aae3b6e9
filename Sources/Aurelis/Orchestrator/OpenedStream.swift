/// A stream whose first content has arrived: what was held back until then, and where the rest comes from.
struct OpenedStream: Sendable {
    let source: any ProviderStream
    /// Given back when the stream has ended.
    let slot: ConcurrencyLimiter.Slot?
    /// What it has reserved of a quota; nil: nobody counts.
    let hold: QuotaHold?
    /// Events that have arrived and nobody has seen yet.
    private(set) var held: [ProviderEvent] = []
    /// How the events fit to an answer that the caller has in part; nil: the caller has nothing yet.
    private(set) var seam: StreamResume?

    init(_ source: any ProviderStream, slot: ConcurrencyLimiter.Slot?, hold: QuotaHold? = nil) {
        self.source = source
        self.slot = slot
        self.hold = hold
    }

    /// The bound on events held back before the first content: prompt filters and role chunks, a handful in practice.
    private static let maximumHeld = 256

    /// Pulls events and holds them back until one carries content, so that an early failure stays unseen.
    ///
    /// - Throws: what the stream failed with, or that it ended without an answer.
    mutating func awaitContent() async throws(ModelError) {
        var progress = StreamProgress()
        while !progress.isPresentable {
            guard let event = try await source.next() else { throw .truncatedStream }
            try progress.observe(event)
            // Comments kept the provider's connection alive, not the caller's.
            guard event.chunk != nil || event.isDone else { continue }
            held.append(event)
            guard held.count < Self.maximumHeld else {
                source.cancel()
                throw ModelError(.upstream, "the stream sent \(held.count) events without content", code: "no_content")
            }
            if event.isDone, !progress.isPresentable { throw .truncatedStream }
        }
        source.contentArrived()
    }

    /// Pulls events until the place is reached where the caller's text ends, and holds back what comes after it.
    ///
    /// - Throws: `diverged` when the stream tells another answer; what the stream failed with.
    mutating func align(to seam: StreamResume, stall: Duration, time: any TimeSource) async throws(ModelError) {
        self.seam = seam
        let early = held
        held = []
        for event in early { try hold(event) }
        var watch = StallWatch(limit: stall, now: time.now)
        var progress = StreamProgress()
        while held.isEmpty {
            guard let event = try await source.next() else { throw .truncatedStream }
            try watch.observe(event, at: time.now)
            try progress.observe(event)
            try hold(event)
        }
    }

    private mutating func hold(_ event: ProviderEvent) throws(ModelError) {
        switch fit(event) {
        case .emit(let shown): held.append(shown)
        case .swallow: break
        case .diverged:
            source.cancel()
            throw .diverged
        }
    }

    /// What the caller is shown of an event.
    mutating func fit(_ event: ProviderEvent) -> StreamResume.Action {
        seam?.take(event) ?? .emit(event)
    }

    /// Puts an event before those that are held.
    mutating func prepend(_ event: ProviderEvent) { held.insert(event, at: 0) }
}

/// Notices a stream that sends comments but no content.
struct StallWatch: Sendable {
    let limit: Duration
    private var lastProgress: ContinuousClock.Instant

    init(limit: Duration, now: ContinuousClock.Instant) {
        self.limit = limit
        lastProgress = now
    }

    /// - Throws: `timeout` when there was nothing but comments for too long.
    mutating func observe(_ event: ProviderEvent, at now: ContinuousClock.Instant) throws(ModelError) {
        guard event.chunk == nil, !event.isDone else {
            lastProgress = now
            return
        }
        guard lastProgress.duration(to: now) > limit else { return }
        throw ModelError(.timeout, "the stream sent nothing but comments for \(limit.briefly)", code: "stalled")
    }
}

extension ModelError {
    /// The end came before the answer was complete.
    static var truncatedStream: ModelError {
        ModelError(.connection, "the stream ended before its answer was complete", code: "stream_truncated")
    }

    /// A second answer does not begin as the first one did.
    static var diverged: ModelError { ModelError(.diverged, "it tells another answer", code: "diverged") }
}

extension ModelError.Category {
    /// Seen in traces only: an attempt to go on with a broken answer ended in another answer.
    static let diverged = ModelError.Category(rawValue: "diverged")
}
