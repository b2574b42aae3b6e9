internal import Synchronization

/// The credentials that are in use, known by their hashes: enough to find them in a text, not to read them here.
///
///     let known = KnownSecrets()
///     known.insert("hunter2-but-longer")
///     Redaction(known: known).text("401 for hunter2-but-longer")   // 401 for [redacted:credential]
package final class KnownSecrets: Sendable {
    /// Hashes by the length of what they stand for.
    private let hashes = Mutex<[Int: Set<UInt64>]>([:])
    private let base = UInt64.random(in: .min ... .max) | 1

    /// Those of this process: whoever reads a credential puts it here, and no log has it from then on.
    package static let process = KnownSecrets()

    /// Shorter ones are words such as `ollama`, put where a key is demanded.
    private static let shortest = 8
    /// More than anybody has.
    private static let most = 10_000

    /// Knows none.
    package init() {}

    /// Remembers a credential, as it is and as it stands in a URL.
    package func insert(_ secret: String) { insert(bytes: secret.utf8) }

    /// The same, of bytes that nobody is to have a copy of.
    package func insert(bytes: some Collection<UInt8>) {
        // `no-key-required` is none either, and would be missed in every sentence.
        guard bytes.contains(where: { !$0.isSmall && $0 != UInt8(ascii: "-") }) else { return }
        note(bytes)
        note(
            bytes.lazy.flatMap { byte -> [UInt8] in
                byte.isDigit || byte.folded.isSmall || "-._~".utf8.contains(byte)
                    ? [byte] : Array("%\(Self.hexadecimal(byte))".utf8)
            }
        )
    }

    private func note(_ bytes: some Sequence<UInt8>) {
        var (hash, count) = (UInt64(0), 0)
        for byte in bytes {
            hash = hash &* base &+ UInt64(byte) &+ 1
            count += 1
        }
        guard count >= Self.shortest else { return }
        hashes.withLock { [hash, count] hashes in
            guard hashes.values.reduce(0, { $0 + $1.count }) < Self.most else { return }
            hashes[count, default: []].insert(hash)
        }
    }

    /// Where the credentials are in a text; ranges may overlap.
    func ranges(in text: [UInt8]) -> [Range<Int>] {
        let hashes = hashes.withLock { $0 }
        var ranges: [Range<Int>] = []
        for (length, known) in hashes where length <= text.count {
            let power = (1..<length).reduce(UInt64(1)) { power, _ in power &* base }
            var hash: UInt64 = 0
            for (index, byte) in text.enumerated() {
                if index >= length { hash &-= (UInt64(text[index - length]) &+ 1) &* power }
                hash = hash &* base &+ UInt64(byte) &+ 1
                if index + 1 >= length, known.contains(hash) { ranges.append(index + 1 - length..<index + 1) }
            }
        }
        return ranges
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.count == 1 ? "0" + digits : digits
    }
}
