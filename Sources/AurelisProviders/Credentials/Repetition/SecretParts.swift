/// Eight bytes in a row, as one number, with small letters for capitals.
struct ByteRun {
    static let length = 8

    static func folded(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> UInt64 {
        let run = bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)
        // The highest bit of each byte of ASCII tells whether it is from `A` on, and whether it is beyond `Z`.
        let low = run & 0x7F7F_7F7F_7F7F_7F7F
        let beginning = low &+ 0x3F3F_3F3F_3F3F_3F3F
        let beyond = low &+ 0x2525_2525_2525_2525
        let capitals = (beginning ^ beyond) & ~run & 0x8080_8080_8080_8080
        return run | capitals &>> 2
    }
}

/// A secret of 8 to 15 bytes, of which only the whole counts.
struct ShortSecret {
    private let secret: UnsafeRawBufferPointer

    init(_ secret: UnsafeRawBufferPointer) { self.secret = secret }

    func occurs(in text: [UInt8]) -> Bool {
        guard text.count >= secret.count else { return false }
        // Its first eight bytes and its last eight have all of them.
        let end = secret.count - ByteRun.length
        let (head, tail) = (ByteRun.folded(secret, 0), ByteRun.folded(secret, end))
        return text.withUnsafeBytes { text in
            (0...text.count - secret.count).contains { place in
                ByteRun.folded(text, place) == head && ByteRun.folded(text, place + end) == tail
            }
        }
    }
}

/// The runs of eight bytes of a secret that tell something of it.
struct SecretParts {
    private let secret: UnsafeRawBufferPointer
    private var index: RunIndex

    /// How many bytes a telling part has.
    private static let length = 8
    /// A run of small letters up to this length is a word, as in `sk-no-key-required`.
    private static let longestWord = 12
    /// How keys of a kind begin, which error texts name: `Your key must begin with github_pat_`.
    private static let prefixes = ["sk-proj-", "sk-svcacct-", "sk-admin-", "sk-ant-api03-", "sk-or-v1-", "github_pat_"]

    init(_ secret: UnsafeRawBufferPointer) {
        self.secret = secret
        index = RunIndex(for: secret.count)
        var telling = index
        for start in starts where isTelling(start) { telling.insert(run(secret, start), at: start) { run(secret, $0) } }
        index = telling
    }

    func occur(in text: [UInt8]) -> Bool {
        text.withUnsafeBytes { text in
            (0...text.count - SecretParts.length).contains { place in
                index.contains(run(text, place)) { run(secret, $0) }
            }
        }
    }

    private var starts: ClosedRange<Int> { 0...secret.count - SecretParts.length }

    private func run(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> UInt128 { UInt128(ByteRun.folded(bytes, start)) }

    /// In the case in which the secret is written: of mixed letters no word is made.
    private func isTelling(_ start: Int) -> Bool {
        let end = start + SecretParts.length
        if SecretParts.prefixes.contains(where: { end <= $0.utf8.count && secret.starts(with: $0.utf8) }) {
            return false
        }
        guard secret[start..<end].allSatisfy(isSmallLetter) else { return true }
        let before = secret[..<start].reversed().prefix(while: isSmallLetter).count
        let after = secret[end...].prefix(while: isSmallLetter).count
        return before + SecretParts.length + after > SecretParts.longestWord
    }

    private func isSmallLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
}
