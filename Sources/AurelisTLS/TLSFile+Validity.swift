internal import NIOSSL

extension TLSFile {
    /// When the first certificate of a PEM file is valid, in seconds since 1970-01-01 UTC.
    package static func validity(_ path: String) throws(TLSFileError) -> ClosedRange<Int64> {
        let certificate = try certificates(path)[0]
        let (start, end) = (Int64(certificate.notValidBefore), Int64(certificate.notValidAfter))
        return min(start, end)...end
    }
}
