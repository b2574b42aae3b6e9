/// How much a piece of text looks as if it had been drawn at random.
struct Randomness {
    let length: Int
    /// How many different bytes there are.
    private(set) var distinct = 0
    private(set) var digits = 0
    private(set) var smalls = 0
    private(set) var capitals = 0
    private(set) var symbols = 0
    /// Neighbours among letters and digits, and how many of them are of different kinds.
    private(set) var pairs = 0
    private(set) var changes = 0
    /// Neighbours that are equal or follow each other, as in `aaa`, `abc` and `321`.
    private(set) var steps = 0
    /// Neighbours that are both capitals, which names in camel case seldom have.
    private(set) var capitalPairs = 0
    private(set) var isHexadecimal = true

    /// Longer texts are judged by their beginning.
    private static let longest = 256

    init(_ text: SecretText, _ range: Range<Int>) {
        length = range.count
        var seen: (UInt64, UInt64) = (0, 0)
        var previous: UInt8 = 0
        var previousKind = 0
        for index in range.prefix(Randomness.longest) {
            let byte = text[index]
            if byte < 64 { seen.0 |= 1 << UInt64(byte) } else { seen.1 |= 1 << UInt64(byte & 63) }
            let kind: Int
            if byte.isDigit {
                digits += 1
                kind = 1
            } else if byte.isSmall {
                smalls += 1
                kind = 2
            } else if byte.isCapital {
                capitals += 1
                kind = 3
            } else {
                symbols += 1
                kind = 0
            }
            if !text.isIn(.hexadecimal, index) { isHexadecimal = false }
            if kind != 0, previousKind != 0 {
                pairs += 1
                if kind != previousKind { changes += 1 } else if kind == 3 { capitalPairs += 1 }
                let step = Int(byte) - Int(previous)
                if (-1...1).contains(step) { steps += 1 }
            }
            previous = byte
            previousKind = kind
        }
        distinct = seen.0.nonzeroBitCount + seen.1.nonzeroBitCount
    }

    /// Whether it is mostly rows, as in `Abcd1234`.
    var isRow: Bool { steps * 10 > pairs * 6 }

    /// How many of capitals, small letters, digits and others there are any of.
    var kinds: Int { [digits, smalls, capitals, symbols].count { $0 > 0 } }

    /// Whether a text behind a vendor's prefix is a token: it is long and only not to be a word.
    var isToken: Bool {
        let judged = min(length, Randomness.longest)
        guard steps * 10 <= max(1, pairs) * 4 else { return false }
        if isHexadecimal { return distinct >= 8 }
        guard distinct >= min(10, judged / 2) else { return false }
        // Words joined by dashes change their kind nowhere.
        return digits >= 2 && changes * 10 >= pairs || capitals >= 2 && smalls >= 2 && changes * 4 >= pairs
    }

    /// Whether a text behind nothing but a name is drawn at random: letters and digits come mixed.
    var isLiteral: Bool {
        guard steps * 10 <= max(1, pairs) * 3 else { return false }
        if isHexadecimal { return length >= 32 && distinct >= 8 && digits >= 4 }
        guard distinct >= min(10, length * 6 / 10) else { return false }
        if digits >= 2, smalls + capitals >= 2 { return changes * 100 >= pairs * 22 }
        return capitalPairs >= 2 && smalls >= 3 && changes * 100 >= pairs * 35
    }
}
