import Aurelis
import AurelisJSON
import AurelisTesting
import Testing

@Suite("Safety: secrets in JSON")
struct EscapedSecretTests {
    private let detector = SecretDetector()

    private func findings(_ json: String) -> [String] {
        var json = json
        let bytes = Array(json.utf8)
        return json.withUTF8 { detector.findings(inEscaped: $0) }.map {
            "\($0.kind): \(String(decoding: bytes[$0.range], as: UTF8.self))"
        }
    }

    /// Every character as an escape.
    private func escaped(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            let digits = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }

    @Test("every kind is found in a string, whatever is escaped of it", arguments: 1...3 as ClosedRange<UInt64>)
    func escapes(seed: UInt64) throws {
        for secret in SeededSecret.all(seed: seed) {
            let text = "look:\n" + SecretPlace.all[1].text(with: secret)
            let spellings = [
                JSONFragment.string(text).description,
                "\"" + escaped(text) + "\"",
                JSONFragment.string(text).description.replacing("/", with: "\\/"),
            ]
            for spelling in spellings {
                let body = "{\"messages\":[{\"role\":\"user\",\"content\":\(spelling)}]}"
                let bytes = Array(body.utf8)
                let found = bytes.withUnsafeBufferPointer { detector.findings(inEscaped: $0) }
                #expect(found.map(\.kind.rawValue) == [secret.kind], "\(body) gave \(findings(body))")
                for finding in found {
                    // What was found is whole escapes: it reads as the secret.
                    let value = try JSONDocument("\"" + String(decoding: bytes[finding.range], as: UTF8.self) + "\"")
                    #expect(value.root.string?.contains(secret.value) == true)
                }
            }
        }
    }

    @Test("the arguments of a tool call are JSON in a string, and may hold JSON again")
    func nested() throws {
        for secret in SeededSecret.all(seed: 4) {
            var text = SecretPlace.all[3].text(with: secret)
            for depth in 1...3 {
                text = JSONFragment.object([("code", .string(text))]).description
                let body =
                    #"{"messages":[{"role":"assistant","tool_calls":[{"function":{"arguments":"#
                    + JSONFragment.string(text).description + "}}]}]}"
                let found = Array(body.utf8).withUnsafeBufferPointer { detector.findings(inEscaped: $0) }
                #expect(found.map(\.kind.rawValue) == [secret.kind], "\(depth): \(body) gave \(findings(body))")
            }
        }
    }

    @Test("the name of a member says that its value is a secret, also within the arguments of a tool")
    func names() {
        let value = SeededSecret.all(seed: 6).last?.value ?? ""
        #expect(findings(#"{"metadata":{"db_password":"\#(value)"}}"#) == ["secret_literal: \(value)"])
        #expect(findings(#"{"a":"{\"password\":\"\#(value)\"}"}"#) == ["secret_literal: \(value)"])
        #expect(findings(#"{"a":{"password" : "\u0041\#(value)"}}"#) == [#"secret_literal: \u0041\#(value)"#])
        #expect(findings(#"{"a":"{\"password\":\"\\u0041\#(value)\"}"}"#) == [#"secret_literal: \\u0041\#(value)"#])
        #expect(findings(#"{"max_tokens":"\#(value)"}"#).isEmpty)
    }

    @Test("a private key with its line ends escaped is one finding", arguments: 1...3)
    func pem(depth: Int) {
        var text = "Here:\n" + SeededSecret.pem(seed: 8).value + "\nend"
        for _ in 0..<depth { text = JSONFragment.object([("key", .string(text))]).description }
        let found = Array(text.utf8).withUnsafeBufferPointer { detector.findings(inEscaped: $0) }
        #expect(found.map(\.kind.rawValue) == ["private_key"])
    }

    @Test("harmless prompts hold nothing as JSON either")
    func harmless() {
        for prompt in HarmlessPrompts.all {
            let body = JSONFragment.object([("messages", .array([.object([("content", .string(prompt))])]))])
                .description
            #expect(findings(body).isEmpty, "\(findings(body))")
        }
    }

    @Test("wherever escapes fall, and however many, what stands behind them is found where it is")
    func everyOffset() {
        let value = SeededSecret.all(seed: 9).first?.value ?? ""
        let escapes = [#"\""#, #"\\"#, #"\n"#, #"\u0041"#, "é", #"\é"#, "a"]
        var random = SplitMix64(seed: 9)
        for length in 0..<120 {
            let before = (0..<length).map { _ in escapes.randomElement(using: &random) ?? "" }.joined()
            for after in ["", #"\""#, before] {
                let json = "{\"a\":\"\(before) \(value) \(after)\"}"
                #expect(findings(json) == ["github_token: \(value)"], "\(json)")
            }
        }
    }

    @Test("whatever is quoted and escaped is read to its end and not beyond", arguments: 0..<300 as Range<UInt64>)
    func noise(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let pieces =
            ["\\", "\"", "\\\"", "\\u0041", "\\u00", "\\n", "{", "}", ":", " ", "é", "\u{1F600}", "=", "\\\\"]
            + SeededSecret.all(seed: seed).map(\.value)
        let text = (0..<80).flatMap { _ in Array((pieces.randomElement(using: &random) ?? "").utf8) }
        var end = 0
        for finding in text.withUnsafeBufferPointer({ detector.findings(inEscaped: $0) }) {
            #expect(finding.range.lowerBound >= end && finding.range.upperBound <= text.count && !finding.range.isEmpty)
            end = finding.range.upperBound
        }
    }
}
