import NIOCore
import NIOSSL

/// What a server has shown of itself before anything was sent.
package struct ServerGreeting: Sendable, Hashable {
    /// The version of TLS, such as `1.3`; nil: there is none.
    package var version: String?
    /// Until when its certificate is valid, in seconds since 1970-01-01 UTC; nil: it has none.
    package var expiry: Int64?
}

extension HTTPConnection {
    /// What the server has shown.
    func greeting() async -> ServerGreeting {
        let channel = channel
        let greeting = eventLoop.submit { () -> ServerGreeting in
            let pipeline = channel.pipeline.syncOperations
            var greeting = ServerGreeting()
            greeting.version = (try? pipeline.nioSSL_tlsVersion()).flatMap { $0 }.map(Self.name)
            let certificate = (try? pipeline.nioSSL_peerCertificate()).flatMap { $0 }
            greeting.expiry = certificate.map { Int64($0.notValidAfter) }
            return greeting
        }
        return (try? await greeting.get()) ?? ServerGreeting()
    }

    private static func name(_ version: TLSVersion) -> String {
        switch version {
        case .tlsv1: "1.0"
        case .tlsv11: "1.1"
        case .tlsv12: "1.2"
        case .tlsv13: "1.3"
        }
    }
}
