/// Spans that wait to be exported: so many and no more. A value without I/O.
package struct SpanQueue: Sendable {
    private var traces: [FinishedTrace] = []
    private let limit: Int
    /// Spans that are to be sent before the next pause.
    private var due = 0
    /// Spans for which there was no room.
    package private(set) var dropped = 0

    /// An empty queue.
    package init(limit: Int) { self.limit = max(1, limit) }

    /// How many wait.
    package private(set) var count = 0

    /// Takes the spans of a request; the newest are dropped when there is no room, so that what is whole stays whole.
    ///
    /// - Returns: whether it is time to send, because half of the room is taken.
    package mutating func append(_ trace: FinishedTrace) -> Bool {
        let new = trace.spans.count
        guard hasRoom(for: new) else {
            dropped += new
            return true
        }
        let wasHalfFull = isHalfFull
        traces.append(trace)
        count += new
        return isHalfFull && !wasHalfFull
    }

    private var isHalfFull: Bool { count >= (limit + 1) / 2 }

    /// What waits now is to be sent: a pause is over.
    package mutating func endPause() { due = count }

    /// Takes the next batch of what is to be sent; empty: it is time for the next pause.
    ///
    /// What came since the pause waits for others, unless half of the room is taken: a batch for each request that ends while another
    /// batch is on its way would cost more than all else of a trace.
    package mutating func takeDue(_ limit: Int) -> [FinishedTrace] {
        if due <= 0 { due = isHalfFull ? count : 0 }
        guard due > 0 else { return [] }
        let batch = take(limit)
        due -= batch.spanCount
        return batch
    }

    /// Puts back what was taken out and not sent, as far as there is room.
    package mutating func putBack(_ taken: [FinishedTrace]) {
        var kept: [FinishedTrace] = []
        for trace in taken {
            if hasRoom(for: trace.spans.count) {
                kept.append(trace)
                count += trace.spans.count
            } else {
                dropped += trace.spans.count
            }
        }
        traces = kept + traces
    }

    /// Takes the oldest out, no more spans than so many where a request alone does not have more.
    package mutating func take(_ limit: Int) -> [FinishedTrace] {
        var (end, spans) = (0, 0)
        while end < traces.count, end == 0 || spans + traces[end].spans.count <= limit {
            spans += traces[end].spans.count
            end += 1
        }
        count -= spans
        guard end < traces.count else {
            defer { traces = [] }
            return traces
        }
        defer { traces.removeFirst(end) }
        return Array(traces.prefix(end))
    }

    /// A request with more spans than the whole queue holds has room when nothing else waits.
    private func hasRoom(for new: Int) -> Bool { count == 0 || count + new <= limit }
}
