internal import Crypto

/// A fingerprint of lines, by which a batch is known again.
///
///     var digest = InputDigest()
///     while let line = try lines.next() { digest.update(line) }
///     print(digest.value)   // 64 hexadecimal digits
package struct InputDigest {
    private var hash = SHA256()

    /// Of no lines.
    package init() {}

    /// Takes the next line, with its place.
    package mutating func update(_ line: LineSplitter.Line) { update("\(line.number)", line.bytes) }

    /// Takes any two parts.
    package mutating func update(_ name: String, _ bytes: [UInt8]) {
        // The length tells where a part ends, so that no two inputs read alike.
        hash.update(data: Array("\(name) \(bytes.count)\n".utf8))
        hash.update(data: bytes)
    }

    /// The digest of what was taken so far.
    package var value: String { Hexadecimal.encode(Array(hash.finalize())) }
}
