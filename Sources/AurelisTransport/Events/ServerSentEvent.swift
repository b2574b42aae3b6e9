/// One event of a `text/event-stream`.
package struct ServerSentEvent: Sendable, Hashable {
    /// The event exactly as it was received, its blank line included: what a proxy passes on.
    package var raw: [UInt8]
    /// The values of its `data` lines, joined by line feeds.
    package var data: [UInt8]
    /// The value of its `event` line, if there is one.
    package var event: String?
    /// The value of its own `id` line, if there is one. An id is not carried over to later events.
    package var id: String?

    /// An event from its parts.
    package init(raw: [UInt8], data: [UInt8], event: String? = nil, id: String? = nil) {
        self.raw = raw
        self.data = data
        self.event = event
        self.id = id
    }
}
