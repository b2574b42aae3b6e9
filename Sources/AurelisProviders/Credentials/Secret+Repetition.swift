extension Secret {
    /// Shorter ones are words such as `ollama` or `none`, put where a key is demanded; to hide them would hide nothing
    /// and garble much.
    private static let shortest = 8
    /// From this length on, a part of the secret is as telling as the whole.
    private static let shortestInParts = 16
    /// An escape inside an escape inside an escape: what is still not plain then is taken for an attempt to hide.
    private static let maximumUnescapings = 4

    /// Whether a text repeats this secret, or eight characters in a row of it, in whatever spelling: plain, half masked,
    /// percent-encoded, with JSON's escapes, or in base64 of either alphabet and at any place of what was encoded.
    ///
    ///     Secret("sk-4f9a…").isRepeated(in: Array("key sk-4f9a8c2e… is unknown".utf8))     // true
    ///
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
                ? text.firstRange(of: secret) != nil : SecretParts(secret).occur(in: text)
            return parts || SecretSextets(secret).occur(in: text)
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

    private func run(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> UInt64 {
        bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)
    }

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

/// Takes away one layer of escapes, those of URLs and those of JSON.
private enum Unescaping {
    /// The text without escapes; nil when it has none.
    static func text(of text: [UInt8]) -> [UInt8]? {
        guard text.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "\\") }) else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.first {
            guard let (bytes, length) = escape(rest) else {
                result.append(byte)
                rest = rest.dropFirst()
                continue
            }
            result += bytes
            rest = rest.dropFirst(length)
        }
        return result.count == text.count ? nil : result
    }

    /// What the escape at the beginning stands for, and how long it is; nil when there is none.
    private static func escape(_ text: ArraySlice<UInt8>) -> (bytes: [UInt8], length: Int)? {
        if text.first == UInt8(ascii: "%") {
            return number(text.dropFirst().prefix(2), digits: 2).map { ([UInt8($0)], 3) }
        }
        guard text.first == UInt8(ascii: "\\"), let next = text.dropFirst().first else { return nil }
        switch next {
        case UInt8(ascii: "u"):
            // Half a surrogate pair is part of no credential.
            guard let code = number(text.dropFirst(2).prefix(4), digits: 4) else { return nil }
            return (Unicode.Scalar(code).map { Array(String(Character($0)).utf8) } ?? [], 6)
        case UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "\""): return ([next], 2)
        case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return ([UInt8(ascii: "\n")], 2)
        default: return nil
        }
    }

    private static func number(_ text: ArraySlice<UInt8>, digits: Int) -> UInt32? {
        guard text.count == digits, text.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        return UInt32(String(decoding: text, as: UTF8.self), radix: 16)
    }
}
