import Testing

@testable import AurelisCommand

@Suite("Answers on a screen")
struct AnswerWrapperTests {
    private func wrapped(_ text: String, columns: Int = 20, pieces: Int = 1_000) -> String {
        var wrapper = AnswerWrapper(columns: columns)
        var shown = ""
        let characters = Array(text)
        for start in stride(from: 0, to: characters.count, by: pieces) {
            shown += wrapper.wrap(String(characters[start..<min(characters.count, start + pieces)]))
        }
        return shown + wrapper.finish()
    }

    static let texts: [(String, String)] = [
        ("one two three four five six", "one two three four\nfive six"),
        ("exactly twenty signs!", "exactly twenty\nsigns!"), ("12345678901234567890 x", "12345678901234567890\nx"),
        ("123456789012345678901234 six", "123456789012345678901234 six"),
        ("a  b", "a  b"), ("a \n b", "a\n b"), ("- one two three four five", "- one two three four\nfive"),
        (
            "```\nlet x = one two three four five\n```\none two three four five six",
            "```\nlet x = one two three four five\n```\none two three four\nfive six"
        ),
        ("    code that is longer than the line", "    code that is longer than the line"),
        ("| a table | that is wider |", "| a table | that is wider |"), ("世界世界世界世界 世界", "世界世界世界世界\n世界"),
        ("", ""), ("\n\n", "\n\n"), ("`a` b", "`a` b"), ("``", "``"),
    ]

    @Test("break at spaces, but for code and tables", arguments: texts)
    func wrapping(text: String, shown: String) {
        #expect(wrapped(text) == shown)
    }

    @Test("look the same in whatever pieces they come, and lose nothing but spaces", arguments: 0..<100)
    func pieces(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alphabet: [Character] = ["a", "b", " ", " ", "\n", "`", "世", "|", "-"]
        let text = String((0..<120).map { _ in alphabet.randomElement(using: &random)! })
        let whole = wrapped(text)
        #expect(wrapped(text, pieces: 1) == whole)
        #expect(wrapped(text, pieces: 7) == whole)
        #expect(whole.filter { $0 != " " && $0 != "\n" } == text.filter { $0 != " " && $0 != "\n" })
    }
}
