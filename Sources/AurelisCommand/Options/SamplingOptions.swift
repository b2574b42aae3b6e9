internal import ArgumentParser

/// How an answer is to be made.
struct SamplingOptions: ParsableArguments {
    // Numbers are taken as they come, so that a negative one is told to be wrong instead of missing.
    @Option(parsing: .unconditional, help: "Randomness, 0 to 2.")
    var temperature: Double?

    @Option(parsing: .unconditional, help: .init("The most tokens an answer may have.", valueName: "count"))
    var maxTokens: Int?

    func validate() throws {
        if let temperature, !(0...2).contains(temperature) {
            throw ValidationError("--temperature \(temperature) is not between 0 and 2")
        }
        if let maxTokens, maxTokens < 1 { throw ValidationError("--max-tokens must be positive, not \(maxTokens)") }
    }
}
