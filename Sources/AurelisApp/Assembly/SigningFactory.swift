internal import Aurelis
internal import AurelisGateway
internal import AurelisSigning

/// Makes signers and verifiers from a configuration: reads their keys.
struct SigningFactory {
    let environment: [String: String]

    /// Who signs a provider's requests.
    ///
    /// - Parameter provider: its name, for errors.
    func signer(
        _ signing: Configuration.Signing,
        of provider: String
    ) throws(ConfigurationError) -> MessageSigner {
        let path = "providers.\(provider).signing.key"
        let text = try KeyText.read(signing.key, environment: environment, path: path)
        do {
            let key = try SigningKey(parsing: text, for: signing.algorithm)
            var signer = MessageSigner(key: key, keyID: signing.keyID, components: signing.components)
            signer.lifetime = signing.lifetime.map { max(1, $0.components.seconds) }
            signer.tag = signing.tag
            return signer
        } catch {
            throw ConfigurationError("the key \(error.message)", path: path)
        }
    }

    /// Who verifies the signatures of requests.
    ///
    /// - Parameter memory: what was used before.
    func signatures(
        _ signatures: Configuration.Signatures,
        memory: SignatureMemory,
        clock: WallClock
    ) throws(ConfigurationError) -> RequestSignatures {
        var keys: [String: VerificationKey] = [:]
        for entry in signatures.keys {
            let path = "gateway.signatures.keys.\(entry.id)"
            let text = try KeyText.read(entry.key, environment: environment, path: path)
            do {
                keys[entry.id] = try VerificationKey(parsing: text, for: entry.algorithm)
            } catch {
                throw ConfigurationError("the key \(error.message)", path: path)
            }
        }
        return RequestSignatures(
            verifier: MessageVerifier(keys: keys, rules: signatures.rules, memory: memory),
            isRequired: signatures.isRequired,
            now: { clock.secondsSinceEpoch }
        )
    }
}
