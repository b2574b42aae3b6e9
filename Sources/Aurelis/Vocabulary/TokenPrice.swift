/// What tokens cost, in picodollars (10⁻¹² US dollars) each: whole numbers, so that sums are exact.
///
///     let price = TokenPrice(input: 150_000, output: 600_000)   // $0.15 and $0.60 a million
///     price.cost(of: usage)                                     // in picodollars
public struct TokenPrice: Sendable, Hashable {
    /// A token of the prompt.
    public var input: Int64
    /// A token of the prompt that the provider had cached; nil when there is no such price.
    public var cachedInput: Int64?
    /// A token of the answer.
    public var output: Int64

    /// A price in picodollars a token.
    public init(input: Int64, cachedInput: Int64? = nil, output: Int64) {
        self.input = input
        self.cachedInput = cachedInput
        self.output = output
    }

    /// A million dollars. No answer costs more, and some of them can be added.
    private static let most: Int64 = 1_000_000_000_000_000_000

    /// What an answer cost, in picodollars; a million dollars when it is more, as for counts that cannot be true.
    public func cost(of usage: TokenUsage) -> Int64 {
        let (prompt, promptOverflow) = input.multipliedReportingOverflow(by: Int64(usage.prompt))
        let (answer, answerOverflow) = output.multipliedReportingOverflow(by: Int64(usage.completion))
        let (cost, overflow) = prompt.addingReportingOverflow(answer)
        return promptOverflow || answerOverflow || overflow ? Self.most : min(cost, Self.most)
    }

    /// One number to compare models by: three tokens of prompt to one of answer, as most requests have it.
    public var blended: Int64 { input / 4 * 3 + output / 4 }
}
