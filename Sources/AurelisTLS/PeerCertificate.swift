internal import NIOCore
internal import NIOSSL
internal import NIOTLS
internal import SwiftASN1
internal import X509

/// Who a client is by its certificate, which was verified.
///
///     override func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
///         if let client = event as? PeerCertificate { … }
///     }
package struct PeerCertificate: Sendable, Hashable, CustomStringConvertible {
    /// The subject, such as `CN=ci,O=Example`.
    package var subject: String
    /// The subject's other names that are names: of hosts, addresses of mail, and URIs.
    package var names: [String]
    /// The pin of its key, which stays when the certificate is renewed with the same key.
    package var key: PublicKeyPin

    /// One line for logs.
    package var description: String { "\(subject) \(key)" }

    init(_ certificate: NIOSSLCertificate) throws {
        key = try PublicKeyPin(of: certificate)
        let parsed = try Certificate(derEncoded: certificate.toDERBytes())
        subject = "\(parsed.subject)"
        names =
            try parsed.extensions.subjectAlternativeNames.map { names in
                names.compactMap { name in
                    switch name {
                    case .dnsName(let name), .rfc822Name(let name), .uniformResourceIdentifier(let name): name
                    default: nil
                    }
                }
            } ?? []
    }
}

/// A client that was not let in, because it has not shown the certificate that it must have.
package struct ClientRefusal: Sendable, Hashable {
    /// Why, for programs: `client_certificate_missing`, `client_certificate_untrusted`.
    package var rule: String
    /// Where it came from.
    package var address: String?

    /// What the end of a handshake says of the client's certificate; nil: nothing.
    init?(_ error: any Error, address: String?) {
        guard case NIOSSLError.handshakeFailed(let cause) = error else { return nil }
        // BoringSSL's reasons have no other form than its words.
        let words = "\(cause)"
        if words.contains("PEER_DID_NOT_RETURN_A_CERTIFICATE") {
            rule = "client_certificate_missing"
        } else if words.contains("CERTIFICATE_VERIFY_FAILED") {
            rule = "client_certificate_untrusted"
        } else {
            return nil
        }
        self.address = address
    }
}

/// Tells the handlers behind it whom the handshake has shown, and others whom it has refused.
final class PeerCertificateHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let onRefusal: @Sendable (ClientRefusal) -> Void

    init(_ onRefusal: @escaping @Sendable (ClientRefusal) -> Void = { _ in }) { self.onRefusal = onRefusal }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let address = context.channel.remoteAddress?.ipAddress
        if let refusal = ClientRefusal(error, address: address) { onRefusal(refusal) }
        context.fireErrorCaught(error)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        guard case .handshakeCompleted? = event as? TLSUserEvent else { return }
        let pipeline = context.pipeline.syncOperations
        guard let security = try? pipeline.handler(type: NIOSSLServerHandler.self),
            let certificate = security.peerCertificate
        else { return }
        do {
            context.fireUserInboundEventTriggered(try PeerCertificate(certificate))
        } catch {
            // Whoever cannot be named is not served as if nobody had asked.
            context.fireErrorCaught(error)
        }
    }
}
