/// How many tokens one of something makes, in hundredths.
struct TokenWeight: Sendable {
    let typical: Int
    let least: Int

    init(_ typical: Int, least: Int) {
        self.typical = typical
        self.least = least
    }

    static let nothing = TokenWeight(0, least: 0)

    /// A word of ASCII letters, with the space before it; a capital after a small letter begins another.
    ///
    /// - Parameter repeats: how many of the letters are the same as the one before.
    static func word(_ length: Int, repeats: Int = 0) -> TokenWeight {
        let typical =
            switch length {
            case ...4: 105
            case ...7: 72
            case ...10: 143
            case ...14: 264
            default: 633 + 56 * (length - 15)
            }
        let least =
            switch length - repeats {
            case ...4: length <= 4 ? 85 : 60
            case ...7: 60
            case ...10: 100
            case ...14: 160
            // What is no word may still be made of pieces of eight.
            default: 12 * (length - repeats)
            }
        return TokenWeight(typical, least: least)
    }

    static let capital = TokenWeight(68, least: 30)
    /// Up to three digits.
    static let digits = TokenWeight(124, least: 100)
    static let firstPunctuation = TokenWeight(60, least: 40)
    static let nextPunctuation = TokenWeight(26, least: 15)
    static let repeatedPunctuation = TokenWeight(4, least: 0)
    /// Ends of lines that follow each other.
    static let lineEnds = TokenWeight(177, least: 80)

    /// A character beyond ASCII.
    static func character(_ scalar: UInt32) -> TokenWeight {
        switch scalar {
        case ..<0x250, 0x1E00..<0x1F00: TokenWeight(124, least: 45)  // Latin
        case 0x370..<0x400: TokenWeight(87, least: 40)  // Greek
        case 0x400..<0x530: TokenWeight(44, least: 22)  // Cyrillic
        case 0x530..<0x590, 0x10A0..<0x1100: TokenWeight(136, least: 35)  // Armenian, Georgian
        case 0x590..<0x600: TokenWeight(92, least: 40)  // Hebrew
        case 0x600..<0x900: TokenWeight(67, least: 30)  // Arabic
        case 0x900..<0xE00: TokenWeight(100, least: 30)  // Scripts of India
        case 0xE00..<0xF00: TokenWeight(90, least: 40)  // Thai, Lao
        case 0x1100..<0x1200, 0xAC00..<0xD7B0: TokenWeight(115, least: 50)  // Hangul
        case 0x2000..<0x2E80, 0x3000..<0x3040, 0xFF00..<0xFFF0: TokenWeight(83, least: 30)  // Punctuation, symbols
        case 0x3040..<0x3100: TokenWeight(80, least: 40)  // Kana
        case 0x3100..<0xA000, 0xF900..<0xFB00, 0x20000..<0x31350: TokenWeight(98, least: 45)  // Han
        case 0x1F000...: TokenWeight(233, least: 100)  // Emoji
        default: TokenWeight(80, least: 30)
        }
    }
}
