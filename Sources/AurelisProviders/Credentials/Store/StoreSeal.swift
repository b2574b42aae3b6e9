internal import Crypto
internal import Foundation

/// Seals and opens what a credential store holds. It keeps the key only as a `Secret`; what the operations derive from
/// it lives as long as they take.
struct StoreSeal: Sendable {
    /// What the keys are derived from: 32 bytes or more that nobody can guess.
    let key: Secret

    /// Tells this key from another, and nothing about it.
    var check: [UInt8] { derived("check", count: 16).withUnsafeBytes { Array($0) } }

    func seal(_ secret: Secret, context: [UInt8]) throws(CredentialStoreError) -> [UInt8] {
        do {
            // A new nonce each time, from the system's random numbers.
            let box = try secret.withBytes { try AES.GCM.seal($0, using: sealing, authenticating: context) }
            guard let combined = box.combined else { throw CryptoKitError.incorrectParameterSize }
            return Array(combined)
        } catch {
            throw CredentialStoreError(.refused, "the credential cannot be sealed: \(error)")
        }
    }

    func open(_ sealed: [UInt8], context: [UInt8]) throws(CredentialStoreError) -> Secret {
        guard let box = try? AES.GCM.SealedBox(combined: sealed),
            var plain = try? AES.GCM.open(box, using: sealing, authenticating: context)
        else { throw .tampered }
        defer { plain.withUnsafeMutableBytes { SecretMemory.wipe($0) } }
        return plain.withUnsafeBytes { Secret($0) }
    }

    func mac(of text: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: derived("mac", count: 32)))
    }

    func isValid(_ mac: [UInt8], of text: String) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(mac, authenticating: Array(text.utf8), using: derived("mac", count: 32))
    }

    private var sealing: SymmetricKey { derived("seal", count: 32) }

    private func derived(_ purpose: String, count: Int) -> SymmetricKey {
        key.withBytes { bytes in
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: bytes),
                info: Array("aurelis-credentials 1 \(purpose)".utf8),
                outputByteCount: count
            )
        }
    }
}
