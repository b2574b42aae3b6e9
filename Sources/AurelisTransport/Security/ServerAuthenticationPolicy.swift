import SwiftASN1
import X509

/// Requires that certificates which say what they are for are for servers (RFC 5280, 4.2.1.12), as BoringSSL does.
struct ServerAuthenticationPolicy: VerifierPolicy {
    let verifyingCriticalExtensions: [ASN1ObjectIdentifier] = [.X509ExtensionID.extendedKeyUsage]

    func chainMeetsPolicyRequirements(chain: UnverifiedCertificateChain) -> PolicyEvaluationResult {
        // What a root is for is said by whoever trusts it.
        for certificate in chain.dropLast(chain.count > 1 ? 1 : 0) {
            do {
                guard let usage = try certificate.extensions.extendedKeyUsage else { continue }
                guard usage.contains(.serverAuth) || usage.contains(.any) else {
                    return .failsToMeetPolicy(reason: "a certificate of the chain is not for servers")
                }
            } catch {
                return .failsToMeetPolicy(reason: "a certificate of the chain does not say readably what it is for")
            }
        }
        return .meetsPolicy
    }
}
