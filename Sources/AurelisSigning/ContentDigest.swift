internal import Crypto
internal import Foundation
internal import RawStructuredFieldValues

/// The hash of a message's content as a header field (RFC 9530).
package enum ContentDigest {
    /// The field's name.
    package static let name = "content-digest"

    /// The field's value: the content's SHA-256.
    package static func field(of content: [UInt8]) -> String {
        "sha-256=:\(Data(SHA256.hash(data: content)).base64EncodedString()):"
    }

    /// Checks every hash of a field that can be relied on; there must be one.
    ///
    /// - Parameter field: the field's value; several of them joined by commas.
    package static func check(_ field: String, of content: [UInt8]) throws(SignatureRefusal) {
        var parser = StructuredFieldValueParser(Array(field.utf8))
        guard let members = try? parser.parseDictionaryFieldValue() else {
            throw .malformed("Content-Digest is no dictionary")
        }
        var isChecked = false
        for (algorithm, member) in members {
            let digest: [UInt8]
            switch algorithm {
            case "sha-256": digest = Array(SHA256.hash(data: content))
            case "sha-512": digest = Array(SHA512.hash(data: content))
            // The others are unknown, or can be forged.
            default: continue
            }
            guard case .item(let item) = member, case .undecodedByteSequence(let text) = item.rfc9651BareItem,
                let claimed = Data(base64Encoded: text)
            else { throw .malformed("Content-Digest has a \(algorithm) that is no byte sequence") }
            guard claimed.elementsEqual(digest) else {
                throw SignatureRefusal(.digest, "the body does not have the \(algorithm) that Content-Digest says")
            }
            isChecked = true
        }
        guard isChecked else {
            throw SignatureRefusal(.digest, "Content-Digest has neither sha-256 nor sha-512")
        }
    }
}
