import NIOHTTPCompression

/// Decides when NIO's decompressor goes into a connection's pipeline: when the first compressed response
/// arrives.
///
/// A connection whose server does not compress never pays for it.
struct ResponseDecompression {
    private var isInstalled = false
    private var expectsBody = true
    /// Whether the current body arrives decompressed.
    private(set) var isActive = false
    /// Whether the head that comes up the pipeline now was seen before.
    var isReplayingHead = false

    /// Notes what the response at hand brings.
    mutating func prepare(for facts: ResponseFacts) {
        isActive = facts.isCompressed
        expectsBody = facts.hasBody
    }

    /// The decompressor to install for the response at hand, unless it is there already or there is no body.
    mutating func makeHandler(limit: Int) -> NIOHTTPResponseDecompressor? {
        guard isActive, expectsBody, !isInstalled else { return nil }
        isInstalled = true
        return NIOHTTPResponseDecompressor(limit: .size(limit))
    }

    /// Whether an error is only the decompressor missing the body of a response that has none.
    func isHarmless(_ error: any Error) -> Bool {
        guard let error = error as? NIOHTTPDecompression.ExtraDecompressionError else { return false }
        return error == .truncatedData && !expectsBody
    }
}
