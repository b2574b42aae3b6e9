internal import NIOCore

/// What has come of a body that is passed on as it comes, and was not taken yet.
struct UploadBuffer {
    /// Beyond that no more is read of the connection.
    private static let enough = 256 << 10

    private var pieces: [ByteBuffer] = []
    private var count = 0
    /// Whether nothing more will come.
    var isComplete = false
    /// The exchange, when it waits for the next piece.
    var waiter: CheckedContinuation<Void, Never>?

    var isFull: Bool { count >= Self.enough }

    mutating func append(_ bytes: ByteBuffer) {
        pieces.append(bytes)
        count += bytes.readableBytes
        wake()
    }

    /// All that has come; nil: nothing has.
    mutating func take() -> [UInt8]? {
        guard count > 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        for piece in pieces { bytes.append(contentsOf: piece.readableBytesView) }
        pieces = []
        count = 0
        return bytes
    }

    mutating func wake() {
        waiter?.resume()
        waiter = nil
    }
}
