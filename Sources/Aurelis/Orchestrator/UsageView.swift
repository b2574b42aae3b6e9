internal import AurelisJSON

/// Shows a stream that another call asked for as this one asked for it: with or without a chunk of its own for the
/// usage.
struct UsageView: Sendable {
    private let isWanted: Bool
    private var hasOwnChunk = false
    /// The latest chunk that told the usage.
    private var source: JSONDocument?

    init(isWanted: Bool) { self.isWanted = isWanted }

    /// The events to show, now that this one has come.
    mutating func take(_ event: ProviderEvent) -> (first: ProviderEvent?, then: ProviderEvent?) {
        if event.isDone, isWanted, !hasOwnChunk, let own = source.flatMap(ProviderEvent.init(usageOf:)) {
            return (own, event)
        }
        guard let chunk = event.chunk, let usage = chunk["usage"], !usage.isNull else { return (event, nil) }
        source = chunk
        guard chunk["choices"]?[0] == nil else { return (event, nil) }
        hasOwnChunk = true
        return (isWanted ? event : nil, nil)
    }
}

extension ProviderEvent {
    /// A chunk with nothing but another one's usage.
    fileprivate init?(usageOf chunk: JSONDocument) {
        var own = chunk
        own.set("choices", to: .array([]))
        self.init(own)
    }
}

extension ModelCall {
    /// Whether the caller wants a chunk of its own for the usage.
    var includesUsage: Bool { wantsUsage || body["stream_options"]?["include_usage"]?.bool == true }
}
