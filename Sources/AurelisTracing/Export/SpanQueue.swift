/// Spans that wait to be exported: so many and no more. A value without I/O.
package struct SpanQueue: Sendable {
    private var spans: [FinishedSpan] = []
    private let limit: Int
    /// Spans for which there was no room.
    package private(set) var dropped = 0

    /// An empty queue.
    package init(limit: Int) { self.limit = max(1, limit) }

    /// How many wait.
    package var count: Int { spans.count }

    /// Takes a span; the newest are dropped when there is no room, so that what is whole stays whole.
    ///
    /// - Returns: whether it is time to send, because half of the room is taken.
    package mutating func append(_ span: FinishedSpan) -> Bool {
        guard spans.count < limit else {
            dropped += 1
            return true
        }
        spans.append(span)
        return spans.count == (limit + 1) / 2
    }

    /// Puts back what was taken out and not sent, as far as there is room.
    package mutating func putBack(_ taken: [FinishedSpan]) {
        let room = max(0, limit - spans.count)
        dropped += max(0, taken.count - room)
        spans = taken.prefix(room) + spans
    }

    /// Takes the oldest out.
    package mutating func take(_ count: Int) -> [FinishedSpan] {
        guard spans.count > count else {
            defer { spans = [] }
            return spans
        }
        defer { spans.removeFirst(count) }
        return Array(spans.prefix(count))
    }
}
