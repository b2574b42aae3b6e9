internal import NIOSSL

/// What the TLS library says of a failure, in words for people; its own are numbers, lines of source and cases of enums.
///
///     TLSFault.words(NIOSSLError.handshakeFailed(…))      // "wrong version number"
package enum TLSFault {
    /// The reason; nil: it says no more than that TLS failed.
    package static func words(_ error: any Error) -> String? {
        switch error {
        case NIOSSLError.noSuchFilesystemObject: "there is no such file"
        case NIOSSLError.handshakeFailed(let cause), NIOSSLError.shutdownFailed(let cause): words(cause)
        case NIOSSLError.noCertificateToValidate: "it shows no certificate"
        case is NIOSSLError: nil
        case let error as BoringSSLError: reason(in: "\(error)")
        case let error as NIOSSLExtraError: sentence(error)
        default: nil
        }
    }

    /// The last part of `error:1000007d:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at …`.
    private static func reason(in text: String) -> String? {
        if text.contains("EOF during") { return "it closed the connection" }
        guard let start = text.firstRange(of: "OPENSSL_internal:")?.upperBound else { return nil }
        let name = text[start...].prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        return name.isEmpty ? nil : name.lowercased().split(separator: "_").joined(separator: " ")
    }

    private static func sentence(_ error: NIOSSLExtraError) -> String? {
        switch error {
        case .failedToValidateHostname, .serverHostnameImpossibleToMatch: "its certificate is for another name"
        default: nil
        }
    }
}
