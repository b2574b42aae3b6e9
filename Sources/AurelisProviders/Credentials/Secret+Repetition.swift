extension Secret {
    /// Shorter ones are words such as `ollama` or `none`, put where a key is demanded; to hide them would hide nothing
    /// and garble much.
    private static let shortest = 8
    /// From this length on, a part of the secret is as telling as the whole.
    private static let shortestInParts = 16
    /// An escape inside an escape inside an escape: what is still not plain then is taken for an attempt to hide.
    private static let maximumUnescapings = 4

    /// Whether a text repeats this secret, or eight characters in a row of it: plain or half masked, in letters of either
    /// case, percent-encoded, with the escapes of JSON (`\u0041`), of C (`\x41`) or of HTML (`&#65;`, `&#x41;`, `&amp;`), in
    /// hexadecimal digits, or in base64 of either alphabet and at any place of what was encoded.
    ///
    ///     Secret("sk-4f9a…").isRepeated(in: Array("key sk-4f9a8c2e… is unknown".utf8))     // true
    ///
    /// Not found is what is written backwards, with something between its characters, or in base32.
    /// Of secrets shorter than 16 bytes only the whole counts, and those shorter than 8 are never found.
    func isRepeated(in text: [UInt8]) -> Bool {
        guard count >= Secret.shortest else { return false }
        var text = text
        for _ in 0..<Secret.maximumUnescapings {
            guard text.count >= Secret.shortest else { return false }
            if occurs(in: text) { return true }
            guard let plainer = Unescaping.text(of: text) else { return false }
            text = plainer
        }
        return true
    }

    /// Whether a text repeats this secret; see `isRepeated(in:)` for bytes.
    func isRepeated(in text: String) -> Bool { isRepeated(in: Array(text.utf8)) }

    private func occurs(in text: [UInt8]) -> Bool {
        withBytes { secret in
            let parts =
                secret.count < Secret.shortestInParts
                ? ShortSecret(secret).occurs(in: text) : SecretParts(secret).occur(in: text)
            return parts || SecretSextets(secret).occur(in: text) || SecretNibbles(secret).occur(in: text)
        }
    }
}

/// Eight bytes in a row, as one number, with small letters for capitals.
private struct ByteRun {
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
private struct ShortSecret {
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
private struct SecretParts {
    private let secret: UnsafeRawBufferPointer
    private var filter = RunFilter()

    /// How many bytes a telling part has.
    private static let length = 8
    /// A run of small letters up to this length is a word, as in `sk-no-key-required`.
    private static let longestWord = 12
    /// How keys of a kind begin, which error texts name: `Your key must begin with github_pat_`.
    private static let prefixes = ["sk-proj-", "sk-svcacct-", "sk-admin-", "sk-ant-api03-", "sk-or-v1-", "github_pat_"]

    init(_ secret: UnsafeRawBufferPointer) {
        self.secret = secret
        for start in starts where isTelling(start) { filter.insert(run(secret, start)) }
    }

    func occur(in text: [UInt8]) -> Bool {
        text.withUnsafeBytes { text in
            (0...text.count - SecretParts.length).contains { place in
                let candidate = run(text, place)
                guard filter.mayContain(candidate) else { return false }
                return starts.contains { run(secret, $0) == candidate && isTelling($0) }
            }
        }
    }

    private var starts: ClosedRange<Int> { 0...secret.count - SecretParts.length }

    private func run(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> UInt64 { ByteRun.folded(bytes, start) }

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

/// The runs of 60 bits that a secret has as base64, wherever in the encoded bytes it began: ten characters each, which
/// eight bytes in a row always fill.
private struct SecretSextets {
    private let secret: UnsafeRawBufferPointer
    private var filter = RunFilter()

    private static let length = 60
    private static let mask: UInt64 = (1 << 60) - 1

    init(_ secret: UnsafeRawBufferPointer) {
        self.secret = secret
        for start in starts { filter.insert(run(start)) }
    }

    func occur(in text: [UInt8]) -> Bool {
        var run: UInt64 = 0
        var length = 0
        for byte in text {
            guard let sextet = SecretSextets.value(byte) else {
                length = 0
                continue
            }
            run = (run << 6 | sextet) & SecretSextets.mask
            length += 6
            guard length >= SecretSextets.length, filter.mayContain(run) else { continue }
            if starts.contains(where: { self.run($0) == run }) { return true }
        }
        return false
    }

    /// Where a character of base64 may begin, in bits: a byte begins 0, 2 or 4 bits into a character.
    private var starts: StrideThrough<Int> { stride(from: 0, through: 8 * secret.count - SecretSextets.length, by: 2) }

    private func run(_ start: Int) -> UInt64 {
        let byte = start / 8
        // 60 bits that begin anywhere lie in eight bytes, or nine.
        let head = secret[byte..<byte + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let spare = 4 - start % 8
        guard spare < 0 else { return (head >> UInt64(spare)) & SecretSextets.mask }
        return (head << UInt64(-spare) | UInt64(secret[byte + 8]) >> UInt64(8 + spare)) & SecretSextets.mask
    }

    private static func value(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt64(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt64(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}

/// The runs of eight bytes of a secret in hexadecimal digits, sixteen of them, in capitals or small letters.
private struct SecretNibbles {
    private let secret: UnsafeRawBufferPointer
    private var filter = RunFilter()

    init(_ secret: UnsafeRawBufferPointer) {
        self.secret = secret
        for start in starts { filter.insert(run(start)) }
    }

    func occur(in text: [UInt8]) -> Bool {
        var run: UInt64 = 0
        var length = 0
        for byte in text {
            guard let nibble = SecretNibbles.value(byte) else {
                length = 0
                continue
            }
            run = run << 4 | nibble
            length += 1
            guard length >= 2 * ByteRun.length, filter.mayContain(run) else { continue }
            if starts.contains(where: { self.run($0) == run }) { return true }
        }
        return false
    }

    private var starts: ClosedRange<Int> { 0...secret.count - ByteRun.length }

    /// The first byte highest, as digits are read.
    private func run(_ start: Int) -> UInt64 {
        UInt64(bigEndian: secret.loadUnaligned(fromByteOffset: start, as: UInt64.self))
    }

    private static func value(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}

/// Rules out nearly every run that is not one of a few, without keeping those: they are parts of a secret.
private struct RunFilter {
    private var bits = [UInt64](repeating: 0, count: 64)

    mutating func insert(_ run: UInt64) {
        let (word, bit) = RunFilter.place(of: run)
        bits[word] |= bit
    }

    func mayContain(_ run: UInt64) -> Bool {
        let (word, bit) = RunFilter.place(of: run)
        return bits[word] & bit != 0
    }

    private static func place(of run: UInt64) -> (word: Int, bit: UInt64) {
        let hash = (run &* 0x9E37_79B9_7F4A_7C15) >> 52
        return (Int(hash >> 6), 1 << (hash & 63))
    }
}
