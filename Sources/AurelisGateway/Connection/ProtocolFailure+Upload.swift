internal import Aurelis
internal import AurelisServing

extension ProtocolFailure {
    /// - Parameters:
    ///   - size: what the client says that it sends; nil: it does not say.
    ///   - limit: what the file in it may have.
    static func uploadTooLarge(size: Int?, limit: Int) -> ProtocolFailure {
        let problem =
            if let size {
                "the upload has \(ByteCount.exact(size)), and a file may have \(ByteCount.exact(limit))"
            } else {
                "the file has more than \(ByteCount.exact(limit))"
            }
        return ProtocolFailure(
            status: 413,
            code: "file_too_large",
            message: problem + "; split it, or have `files.maximum_size` raised in the gateway's configuration"
        )
    }
}
