/// About how many tokens a text has, without a vocabulary: in one pass over it, by its script and the lengths of its words.
///
///     let estimate = TokenEstimate("let answer = 42")
///     estimate.typical     // 5: what to reckon with
///     estimate.least       // 3: fewer it can hardly have, whatever the model
///
/// The weights were fitted to what two vocabularies of OpenAI's make of 2,600 texts in 35 languages and formats;
/// `Documentation/tokens.md` has the errors.
public struct TokenEstimate: Sendable, Hashable {
    /// In hundredths of a token.
    private var hundredths = 0
    private var leastHundredths = 0

    /// What to reckon with.
    public var typical: Int { (hundredths + 99) / 100 }
    /// Fewer it can hardly have: enough to refuse by.
    public var least: Int { leastHundredths / 100 }

    /// Whether it is a count.
    var isExact: Bool { hundredths == leastHundredths }

    /// No tokens.
    public init() {}

    /// The tokens of a text.
    public init(_ text: some StringProtocol) {
        var scanner = TokenScanner()
        for scalar in text.unicodeScalars { scanner.add(scalar.value) }
        self = scanner.finished
    }

    /// The tokens of what a JSON string stands for, which is given as it is written, without its quotes.
    init(jsonString raw: ArraySlice<UInt8>) {
        var scanner = TokenScanner()
        var bytes = JSONStringScalars(raw)
        while let scalar = bytes.next() { scanner.add(scalar) }
        self = scanner.finished
    }

    /// The tokens of JSON as it is written.
    init(json raw: ArraySlice<UInt8>) {
        var scanner = TokenScanner()
        var bytes = JSONStringScalars(raw, readsEscapes: false)
        while let scalar = bytes.next() { scanner.add(scalar) }
        self = scanner.finished
    }

    /// A number that is known.
    init(exactly count: Int) { self.init(count, least: count) }

    init(_ typical: Int, least: Int) {
        hundredths = typical * 100
        leastHundredths = least * 100
    }

    /// Both together.
    public static func + (one: TokenEstimate, other: TokenEstimate) -> TokenEstimate {
        var sum = one
        sum.hundredths += other.hundredths
        sum.leastHundredths += other.leastHundredths
        return sum
    }

    mutating func add(_ weight: TokenWeight, _ count: Int = 1) {
        hundredths += weight.typical * count
        leastHundredths += weight.least * count
    }
}
