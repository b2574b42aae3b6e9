import AurelisTLS
import NIOCore
import NIOSSL
import SwiftASN1
import Synchronization
import X509

/// Verifies a server in BoringSSL's place: chain, validity, purpose and name, and then the pins against the chain that
/// was found valid. What a server merely sends along proves nothing: anybody can send a copy of a pinned certificate.
struct PeerVerifier: Sendable {
    private let roots: CertificateStore
    private let pins: PublicKeyPins?
    private let reports: PinReports

    /// Reads the roots. Blocks the thread for as long as that takes.
    init(_ settings: TLSClientSettings, _ reports: PinReports) throws {
        var roots: CertificateStore
        if let file = settings.rootsFile {
            roots = CertificateStore(try TLSFile.certificates(file).map { try Certificate($0) })
        } else {
            roots = .systemTrustRoots
        }
        if let file = settings.additionalRootsFile {
            roots.append(contentsOf: try TLSFile.certificates(file).map { try Certificate($0) })
        }
        self.roots = roots
        self.pins = settings.pins
        self.reports = reports
    }

    /// Whether a server may be spoken to.
    ///
    /// - Parameter presented: what the server sent, its own certificate first.
    func verify(_ presented: [NIOSSLCertificate], of origin: HTTPOrigin) async throws(TransportError) {
        let keys = try await validatedKeys(presented, of: origin)
        guard let pins, !keys.contains(where: { pins.pins.contains($0.pin) }) else { return }
        let mismatch = PinMismatch(origin: origin, seen: keys)
        guard pins.mode == .report else { throw .pinMismatch(mismatch) }
        reports.report(mismatch)
    }

    private func validatedKeys(
        _ presented: [NIOSSLCertificate],
        of origin: HTTPOrigin
    ) async throws(TransportError) -> [ValidatedKey] {
        do {
            let certificates = try presented.map { try Certificate($0) }
            guard let leaf = certificates.first else { throw TransportError.untrusted("it sent none") }
            var verifier = Verifier(rootCertificates: roots) {
                RFC5280Policy()
                ServerAuthenticationPolicy()
                ServerIdentityPolicy(
                    serverHostname: origin.isAddress ? nil : origin.host,
                    serverIP: origin.isAddress ? origin.host : nil
                )
            }
            switch await verifier.validate(leaf: leaf, intermediates: CertificateStore(certificates.dropFirst())) {
            case .validCertificate(let chain):
                return try chain.map { certificate in
                    ValidatedKey(pin: try PublicKeyPin(of: certificate), subject: "\(certificate.subject)")
                }
            case .couldNotValidate(let failures):
                let reasons = failures.map { "\($0.policyFailureReason)" }
                throw TransportError.untrusted(reasons.first ?? "no chain leads to a trusted root")
            }
        } catch let error as TransportError {
            throw error
        } catch {
            throw TransportError.untrusted("it cannot be read: \(error)")
        }
    }
}

extension TransportError {
    fileprivate static func untrusted(_ reason: String) -> TransportError {
        TransportError(.certificateUntrusted, "The server's certificate is not trusted", cause: reason)
    }

    fileprivate static func pinMismatch(_ mismatch: PinMismatch) -> TransportError {
        let keys = mismatch.seen.map(\.description).joined(separator: ", ")
        return TransportError(.pinMismatch, "The server has none of the pinned keys", cause: "its own: \(keys)")
    }
}

extension Certificate {
    fileprivate init(_ certificate: NIOSSLCertificate) throws {
        try self.init(derEncoded: certificate.toDERBytes())
    }
}

extension PublicKeyPin {
    /// The pin of a certificate's key.
    fileprivate init(of certificate: Certificate) throws {
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        try self.init(of: NIOSSLCertificate(bytes: serializer.serializedBytes, format: .der))
    }
}

/// Why a server was refused, kept for whoever asked for the connection: all that comes out of the handshake itself is
/// that a certificate was not accepted.
final class PeerVerdict: Sendable {
    private let state = Mutex<TransportError?>(nil)

    /// The first refusal.
    var refusal: TransportError? { state.withLock { $0 } }

    func refuse(_ error: TransportError) {
        state.withLock { $0 = $0 ?? error }
    }
}
