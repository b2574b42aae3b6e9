internal import Aurelis
internal import NIOCore

/// What the connections of one event loop share without a lock.
final class LoopContext {
    let server: ServerContext
    let executor: EventLoopTaskExecutor
    let selectorTurn = SelectorTurn()
    var repeatedCalls = RepeatedCalls()
    var keys = AccessKeys.Reader()
    /// Answers are written here first; it is used again as soon as the kernel has taken them.
    private var scratch: ByteBuffer
    private var date = HTTPDate()
    private var connections: [ObjectIdentifier: HTTPConnectionHandler] = [:]

    /// Memory kept between answers; a larger answer takes its own.
    private static let scratchCapacity = 64 * 1_024

    init(server: ServerContext, eventLoop: any EventLoop) {
        self.server = server
        self.executor = EventLoopTaskExecutor(eventLoop)
        self.scratch = ByteBufferAllocator().buffer(capacity: 4 * 1_024)
    }

    /// An empty buffer to write an answer to.
    func borrowBuffer(capacity: Int) -> ByteBuffer {
        guard capacity <= Self.scratchCapacity else { return ByteBufferAllocator().buffer(capacity: capacity) }
        var buffer = ByteBuffer()
        swap(&buffer, &scratch)
        // Fresh memory when a write still holds the storage.
        buffer.clear(minimumCapacity: capacity)
        return buffer
    }

    /// Gives the buffer back once it was handed to the channel.
    func returnBuffer(_ buffer: consuming ByteBuffer) {
        if buffer.capacity <= Self.scratchCapacity { scratch = buffer }
    }

    func currentDate() -> StaticDate { date.now() }

    func add(_ connection: HTTPConnectionHandler) { connections[ObjectIdentifier(connection)] = connection }
    func remove(_ connection: HTTPConnectionHandler) { connections[ObjectIdentifier(connection)] = nil }

    /// Lets every connection finish what is in flight and close.
    func drain() {
        for connection in connections.values { connection.drain() }
    }

    /// Closes every connection at once.
    func cut() {
        for connection in connections.values { connection.cut() }
    }

    /// Gives back what the event loop holds for the server.
    func close() { selectorTurn.close() }
}
