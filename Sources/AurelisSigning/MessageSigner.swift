internal import Foundation

/// Signs messages.
///
///     let signer = MessageSigner(key: key, keyID: "aurelis-1", components: components)
///     for (name, value) in try signer.fields(for: message, body: body, at: now, nonce: nonce) {
///         headers.append(name, value)
///     }
package struct MessageSigner: Sendable {
    /// The key.
    package var key: SigningKey
    /// The name by which the other side knows the key.
    package var keyID: String
    /// What is covered. What a message does not have is left out, such as the digest of a body that is not there.
    package var components: [SignatureComponent]
    /// For how long a signature is good, in seconds; nil: as long as the other side says.
    package var lifetime: Int64?
    /// What signatures are for.
    package var tag: String?
    /// The name of the signature within its fields.
    package var label = "sig1"
    /// Whether the algorithm is said.
    package var namesAlgorithm = true

    /// A signer.
    package init(key: SigningKey, keyID: String, components: [SignatureComponent]) {
        self.key = key
        self.keyID = keyID
        self.components = components
    }

    /// Method, target, and the body with its type.
    package static let defaultComponents = ["@method", "@target-uri", "content-type", "content-digest"]

    /// The fields to add to a message: its body's digest when that is covered, and the signature.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970-01-01 UTC.
    ///   - nonce: what makes this signature unlike every other.
    package func fields(
        for message: SignableMessage,
        body: [UInt8],
        at now: Int64,
        nonce: String?
    ) throws(SignatureRefusal) -> [(name: String, value: String)] {
        var message = message
        var added: [(name: String, value: String)] = []
        let coversDigest = components.contains { $0.name == ContentDigest.name }
        if coversDigest, !body.isEmpty, message.values(of: ContentDigest.name).isEmpty {
            added.append((ContentDigest.name, ContentDigest.field(of: body)))
            message.fields += added
        }
        let input = try SignatureInput(
            components: components.filter { $0.value(in: message) != nil },
            created: now,
            expires: lifetime.map { now + $0 },
            keyID: keyID,
            nonce: nonce,
            algorithm: namesAlgorithm ? key.algorithm.rawValue : nil,
            tag: tag
        )
        let signature = try signature(of: input.base(of: message))
        added.append(("signature-input", "\(label)=\(input.text)"))
        added.append(("signature", "\(label)=:\(Data(signature).base64EncodedString()):"))
        return added
    }

    private func signature(of base: String) throws(SignatureRefusal) -> [UInt8] {
        do { return try key.signature(of: Array(base.utf8)) } catch {
            throw SignatureRefusal(.invalid, "the key cannot sign: \(error)")
        }
    }
}
