/// A text as scalars of known kinds, each with its place among the bytes.
struct ScalarText {
    /// What the patterns of vocabularies tell apart.
    enum Kind: UInt8 {
        case upper, lower, letter, mark, number, space, lineEnd, other
    }

    private let utf8: [UInt8]
    private let kinds: [Kind]
    private let values: [UInt32]
    /// Where each scalar begins, and the end of the text.
    private let offsets: [Int]

    init(_ text: String) {
        utf8 = Array(text.utf8)
        var kinds: [Kind] = []
        var values: [UInt32] = []
        var offsets: [Int] = []
        kinds.reserveCapacity(utf8.count)
        values.reserveCapacity(utf8.count)
        offsets.reserveCapacity(utf8.count + 1)
        var offset = 0
        for scalar in text.unicodeScalars {
            kinds.append(Self.kind(scalar))
            values.append(scalar.value)
            offsets.append(offset)
            offset += UTF8.width(scalar)
        }
        offsets.append(offset)
        self.kinds = kinds
        self.values = values
        self.offsets = offsets
    }

    var count: Int { kinds.count }

    /// The kind of a scalar; nil: the text has ended.
    subscript(index: Int) -> Kind? { index < kinds.count ? kinds[index] : nil }

    func value(_ index: Int) -> UInt32? { index < values.count ? values[index] : nil }

    func bytes(_ range: Range<Int>) -> ArraySlice<UInt8> { utf8[offsets[range.lowerBound]..<offsets[range.upperBound]] }

    private static func kind(_ scalar: Unicode.Scalar) -> Kind {
        switch scalar {
        case "a"..."z": return .lower
        case "A"..."Z": return .upper
        case "0"..."9": return .number
        case "\n", "\r": return .lineEnd
        default: break
        }
        if scalar.properties.isWhitespace { return .space }
        guard !scalar.isASCII else { return .other }
        return switch scalar.properties.generalCategory {
        case .uppercaseLetter, .titlecaseLetter: .upper
        case .lowercaseLetter: .lower
        case .modifierLetter, .otherLetter: .letter
        case .nonspacingMark, .spacingMark, .enclosingMark: .mark
        case .decimalNumber, .letterNumber, .otherNumber: .number
        default: .other
        }
    }
}

extension ScalarText.Kind {
    var isLetter: Bool { self == .upper || self == .lower || self == .letter }
    var isSpace: Bool { self == .space || self == .lineEnd }
    /// What may stand before a word and belong to it.
    var isPrefix: Bool { !isLetter && self != .number && self != .lineEnd }
    /// What the beginning of a word may consist of.
    var isHead: Bool { self == .upper || self == .letter || self == .mark }
    /// What the rest of a word may consist of.
    var isTail: Bool { self == .lower || self == .letter || self == .mark }
}
