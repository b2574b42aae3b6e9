/// Phrases in the last user message that make the simulator do something on request.
///
/// - `[simulate:content_filter]`: the prompt is refused with the content filter's 400.
/// - `[simulate:output_filter]`: the answer stops in its middle with `finish_reason: content_filter`.
/// - `[simulate:length=N]`: an answer of N tokens, at most 16384.
/// - `[simulate:reasoning]`: the answer comes with `reasoning_content`.
struct SimulationPhrase: Sendable, Hashable {
    var filtersPrompt = false
    var filtersOutput = false
    var length: Int?
    var reasons = false

    private static let opening = Array("[simulate:".utf8)
    private static let maximumLength = 16_384

    init(in text: String) {
        // Nearly every prompt has none; one fast pass finds that out.
        var text = text
        guard text.withUTF8({ $0.contains(UInt8(ascii: "[")) }) else { return }
        var rest = Substring(text)
        while let start = rest.utf8.firstIndex(of: UInt8(ascii: "[")) {
            rest = rest[start...]
            guard rest.utf8.starts(with: Self.opening) else {
                rest = rest[rest.utf8.index(after: start)...]
                continue
            }
            let content = rest.utf8.dropFirst(Self.opening.count).prefix(24)
            guard let end = content.firstIndex(of: UInt8(ascii: "]")) else {
                rest = rest[rest.utf8.index(after: start)...]
                continue
            }
            apply(Substring(content[..<end]))
            rest = rest[end...]
        }
    }

    private mutating func apply(_ phrase: Substring) {
        switch phrase {
        case "content_filter": filtersPrompt = true
        case "output_filter": filtersOutput = true
        case "reasoning": reasons = true
        default:
            guard phrase.hasPrefix("length="), let wanted = Int(phrase.dropFirst("length=".count)), wanted > 0 else {
                return
            }
            length = min(wanted, Self.maximumLength)
        }
    }
}
