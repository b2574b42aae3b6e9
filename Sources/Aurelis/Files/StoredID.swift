/// The names of files and batches, as OpenAI's look: `file-` or `batch_` and 24 hexadecimal digits, by chance.
///
///     StoredID.file.next()                       // file-5b1f0c9ae4d277880a1b2c3d
///     StoredID.file.contains("file-../../x")     // false: what it contains is safe in a path
package struct StoredID: Sendable, Hashable {
    private let prefix: String

    /// Files.
    package static let file = StoredID(prefix: "file-")
    /// Batches.
    package static let batch = StoredID(prefix: "batch_")

    private static let digits = 24

    /// A fresh name.
    package func next() -> String {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<Self.digits / 2).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        return prefix + Hexadecimal.encode(bytes)
    }

    /// Whether a text is such a name.
    package func contains(_ text: some StringProtocol) -> Bool {
        guard text.hasPrefix(prefix), text.utf8.count == prefix.utf8.count + Self.digits else { return false }
        return text.utf8.dropFirst(prefix.utf8.count).allSatisfy { byte in
            byte &- UInt8(ascii: "0") < 10 || byte &- UInt8(ascii: "a") < 6
        }
    }
}
