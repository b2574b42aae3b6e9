import Testing

@testable import AurelisSimulator

@Suite("Tokens")
struct SimpleTokenizerTests {
    @Test(
        "a text is cut where the description says",
        arguments: [
            ("", []),
            ("Hello there", ["Hello", " there"]),
            ("tokenizers", ["tokeni", "zers"]),
            ("seventh", ["seventh"]),
            ("a  b", ["a", " ", " b"]),
            ("if x {\n    y()\n}", ["if", " x", " {", "\n", "   ", " y", "(", ")", "\n", "}"]),
            ("end \n", ["end", " ", "\n"]),
            ("日本語", ["日", "本", "語"]),
            ("x 🙂.", ["x", " 🙂", "."]),
        ]
    )
    func tokens(text: String, expected: [String]) {
        #expect(SimpleTokenizer.tokens(text).map(String.init) == expected)
        #expect(SimpleTokenizer.count(text) == expected.count)
    }

    @Test("the tokens of any text join to the text, and a prefix is made of the first ones")
    func joining() {
        var generator = SeededGenerator(seed: 3)
        let alphabet = ["a", "Z", "9", " ", "  ", "\n", "\t", ".", "{", "é", "日", "👩‍💻", "\r\n", "\u{301}"]
        for _ in 0..<500 {
            let text = (0..<(generator.next() % 40)).map { _ in generator.pick(alphabet) }.joined()
            let tokens = SimpleTokenizer.tokens(text)
            #expect(tokens.joined().utf8.elementsEqual(text.utf8))
            let limit = Int(generator.next() % 12)
            let prefix = SimpleTokenizer.prefix(text, tokens: limit)
            #expect(prefix.count == min(limit, tokens.count))
            #expect(prefix.text.utf8.elementsEqual(tokens.prefix(limit).joined().utf8))
            #expect(prefix.isWhole == (limit >= tokens.count))
        }
    }

    @Test("English prose has about four and a half bytes in a token")
    func density() {
        let prose = ProseSample.fillers.joined(separator: " ")
        let density = Double(prose.utf8.count) / Double(SimpleTokenizer.count(prose))
        #expect((3.8...5.2).contains(density))
    }
}
