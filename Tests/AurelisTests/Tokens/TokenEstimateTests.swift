import AurelisJSON
import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Token estimate")
struct TokenEstimateTests {
    /// What o200k_base makes of them, counted with `tiktoken`.
    @Test(
        "a text has about as many tokens as vocabularies make of it, and never fewer than the least",
        arguments: [
            ("The quick brown fox jumps over the lazy dog.", 10),
            ("let answers = try await orchestrator.respond(to: request)", 12),
            ("for (int i = 0; i < 10; i++) { sum += values[i]; }", 22),
            ("2026-11-23T23:59:59Z 1234567890", 18),
            ("Der schnelle braune Fuchs springt über den faulen Hund.", 14),
            ("Съешь же ещё этих мягких французских булок.", 13),
            ("今日はとても良い天気ですね。", 9),
            (String(repeating: "=", count: 80), 2), (String(repeating: "x", count: 88), 11),
            ("你好，世界！今天天气很好。", 9),
        ]
    )
    func estimates(text: String, tokens: Int) {
        let estimate = TokenEstimate(text)
        #expect(estimate.least <= tokens)
        guard Set(text).count > 1 else { return }
        #expect(Double(estimate.typical) > 0.6 * Double(tokens) && Double(estimate.typical) < 1.7 * Double(tokens))
    }

    @Test("nothing is nothing")
    func empty() {
        #expect(TokenEstimate("").typical == 0 && TokenEstimate("").least == 0)
    }

    @Test("what a JSON string stands for is counted, not how it is written")
    func json() throws {
        let text = "line one\n\tsay \"hi\" to Zoë \u{1F600} \\ end\n"
        let plain = TokenEstimate(text)
        for written in [
            #"line one\n\tsay \"hi\" to Zoë 😀 \\ end\n"#,
            #"line one\u000a\u0009say \u0022hi\u0022 to Zo\u00eb \ud83d\ude00 \\ end\n"#,
        ] {
            #expect(TokenEstimate(jsonString: ArraySlice(written.utf8)) == plain)
        }
        // Halves of pairs, which JSON allows, end nothing.
        _ = TokenEstimate(jsonString: ArraySlice(#"\ud83d x \ud83d\u0041 \ude00"#.utf8))
    }

    @Test("any text has at least as many tokens as its least, and both grow with it", arguments: 0..<200)
    func properties(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var text = String.UnicodeScalarView()
        let scripts: [ClosedRange<UInt32>] = [
            0x20...0x7E, 0x0A...0x0D, 0xC0...0x24F, 0x370...0x5FF, 0x3040...0x30FF, 0x1F600...0x1F64F,
        ]
        var last = TokenEstimate()
        for _ in 0..<Int.random(in: 1...50, using: &random) {
            guard let script = scripts.randomElement(using: &random) else { continue }
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                if let scalar = Unicode.Scalar(UInt32.random(in: script, using: &random)) { text.append(scalar) }
            }
            // A word in between: what follows is not one with what was.
            text.append(contentsOf: " a ".unicodeScalars)
            let estimate = TokenEstimate(String(text))
            #expect(estimate.least <= estimate.typical && estimate.typical <= 3 * text.count)
            #expect(estimate.typical > last.typical && estimate.least >= last.least)
            last = estimate
        }
    }

    @Test("a prompt is its messages, their parts and its tools")
    func prompts() throws {
        func tokens(_ json: String) throws -> TokenEstimate {
            PromptTokens(of: try JSONDocument(Array(json.utf8))).estimate
        }
        let bare = try tokens(#"{"messages":[{"role":"user","content":"Hello there"}]}"#)
        #expect(bare.typical == TokenEstimate("Hello there").typical + 7)
        let parts = try tokens(
            #"{"messages":[{"role":"user","content":[{"type":"text","text":"Hello there"},{"type":"image_url","image_url":{"url":"data:,"}}]}]}"#
        )
        #expect(parts.typical == bare.typical + 765)
        let tools = try tokens(#"{"messages":[{"role":"user","content":"Hello there"}],"tools":[{"type":"function"}]}"#)
        #expect(tools.typical > bare.typical)
        #expect(
            try tokens(#"{"input":["one","two"]}"#).typical == (TokenEstimate("one") + TokenEstimate("two")).typical
        )
        #expect(try tokens(#"{"input":[1,2,3]}"#).typical == 3)
        #expect(try tokens(#"{"messages":[{"role":"user","content":null},{"role":7}]}"#).typical == 11)
    }
}
