internal import Crypto

/// A key of the audit log's chain, and the name under which files refer to it.
///
///     guard let key = AuditKey(secret) else { … too short … }
///     print(key.id)      // 5f0c3e1b9a7d2244
package struct AuditKey: Sendable {
    /// Sixteen hexadecimal digits that tell keys apart and say nothing of them.
    package let id: String
    private let material: any KeyMaterial

    /// How many bytes a key has.
    package static let byteCount = 32

    /// A key, lent by whoever keeps it; nil when it is not of 32 bytes.
    package init?(_ material: any KeyMaterial) {
        guard material.lend(\.count) == Self.byteCount else { return nil }
        self.material = material
        var hash = SHA256()
        hash.update(data: Array("aurelis audit key".utf8))
        material.lend { hash.update(bufferPointer: $0) }
        id = Hexadecimal.encode(Array(hash.finalize().prefix(8)))
    }

    /// A key of some bytes; nil when they are not 32.
    package init?(_ bytes: [UInt8]) { self.init(OpenKeyMaterial(bytes)) }

    /// What seals lines with it. It is as good as the key, and lies in ordinary memory: not to be kept.
    var sealer: AuditSealer { AuditSealer(material) }

    /// The code of a line: over the code of the line before it, and over its own bytes.
    func code(after previous: [UInt8], of body: ArraySlice<UInt8>) -> [UInt8] {
        sealer.code(after: previous, of: body)
    }
}

/// A code that has read the key and nothing else: each line begins with a copy of it.
struct AuditSealer: Sendable {
    private let keyed: HMAC<SHA256>

    fileprivate init(_ material: any KeyMaterial) { keyed = material.withKey { HMAC(key: $0) } }

    /// The code of a line.
    func code(after previous: [UInt8], of body: ArraySlice<UInt8>) -> [UInt8] {
        var code = keyed
        // In one piece: every piece costs the library's generic update as much as hashing some hundred bytes.
        withUnsafeTemporaryAllocation(byteCount: previous.count + body.count, alignment: 1) { bytes in
            bytes.copyBytes(from: previous)
            UnsafeMutableRawBufferPointer(rebasing: bytes[previous.count...]).copyBytes(from: body)
            code.update(data: UnsafeRawBufferPointer(bytes))
        }
        return code.finalize().withUnsafeBytes(Array.init)
    }
}

/// The keys that are known here: new files are written with the first, older ones read with any.
package struct AuditKeyRing: Sendable {
    /// The key of new files.
    package let current: AuditKey
    private let others: [String: AuditKey]

    /// Keys, the current one first; nil when there is none.
    package init?(_ keys: [AuditKey]) {
        guard let first = keys.first else { return nil }
        current = first
        others = Dictionary(keys.dropFirst().map { ($0.id, $0) }) { first, _ in first }
    }

    /// The key of a name; nil when it is not known here.
    package subscript(id: String) -> AuditKey? { id == current.id ? current : others[id] }
}
