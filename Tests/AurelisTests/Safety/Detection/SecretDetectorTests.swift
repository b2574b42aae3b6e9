import Aurelis
import AurelisTesting
import Testing

@Suite("Safety: secret values")
struct SecretDetectorTests {
    private let detector = SecretDetector()

    @Test("at least 200 harmless prompts hold nothing")
    func harmless() {
        #expect(HarmlessPrompts.all.count >= 200)
        for prompt in HarmlessPrompts.all {
            let findings = detector.findings(in: prompt)
            #expect(findings.isEmpty, "\(findings.map { "\($0.kind): \(prompt.bytes($0.range))" }) in \(prompt)")
        }
    }

    @Test("secrets of every kind are found, alone and where people put them", arguments: 1...8 as ClosedRange<UInt64>)
    func seeded(seed: UInt64) {
        let secrets = SeededSecret.all(seed: seed)
        #expect(Set(secrets.map(\.kind)).count >= 20)
        for secret in secrets {
            for place in SecretPlace.all {
                let text = place.text(with: secret)
                let findings = detector.findings(in: text)
                let found = findings.map { text.bytes($0.range) }
                #expect(
                    findings.map(\.kind.rawValue) == [secret.kind],
                    "\(place.name): \(text) gave \(findings) \(found)"
                )
                #expect(found.allSatisfy { $0.contains(secret.value) }, "\(secret.kind) in \(place.name): \(found)")
            }
        }
    }

    @Test("private keys are found whole, with line ends of every kind", arguments: ["\n", "\r\n", "\\n", "\\r\\n"])
    func pem(lineEnd: String) {
        let key = SeededSecret.pem(seed: 3, lineEnd: lineEnd)
        let text = "before \(key.value) after"
        #expect(detector.findings(in: text).map { text.bytes($0.range) } == [key.value])
        let account = #"{"type":"service_account","private_key": "\#(key.value)"}"#
        #expect(detector.findings(in: account).map(\.kind.rawValue) == ["google_service_account_key"])
    }

    @Test("a name is a secret's by its last words, on the boundaries of words")
    func names() {
        var draw = SecretDraw(seed: 11)
        let value = draw.text(30, SecretDraw.base62) + "4x"
        let secret = [
            "password", "DB_PASSWORD", "dbPassword", "db-password", "api_key", "apiKey", "APIKey", "X-Api-Key",
            "apikey",
            "client_secret", "clientSecret", "access_token", "GITHUB_TOKEN", "authToken", "private_key", "signingKey",
            "Passwd", "PASSPHRASE", "credentials", "MY_APP_SECRET_2",
        ]
        let harmless = [
            "monkey", "max_tokens", "token_usage", "tokenizer", "primary_key", "cache_key", "public_key", "key",
            "password_hash", "token_id", "compass", "nextPageToken", "pad_token", "keyboard", "secretary", "bypassed",
            "donkey", "turkey_id", "integrity", "checksum", "prompt_cache_key",
        ]
        for name in secret where name != "MY_APP_SECRET_2" {
            #expect(detector.findings(in: "\(name) = \"\(value)\"").count == 1, "\(name)")
            #expect(detector.findings(in: "{\"\(name)\": \"\(value)\"}").count == 1, "\(name)")
        }
        for name in harmless {
            #expect(detector.findings(in: "\(name) = \"\(value)\"").isEmpty, "\(name)")
            #expect(detector.findings(in: "{\"\(name)\":\"\(value)\"}").isEmpty, "\(name)")
        }
    }

    @Test("an assignment is found in the syntax of many languages")
    func syntaxes() {
        var draw = SecretDraw(seed: 12)
        let value = draw.text(30, SecretDraw.base62) + "4x"
        let lines = [
            "let apiKey: String = \"V\"", "const API_KEY: &'static str = \"V\";", "api_key := \"V\"", "$api_key = 'V';",
            ":api_key => 'V',", "apiKey: 'V',", "API_KEY=V", "export API_KEY=\"V\"", "api_key: V", "--api-key=V",
            "?api_key=V&page=2", "api_key=b\"V\"", "if api_key == \"V\":", "os.environ[\"API_KEY\"] = \"V\"",
            "apiKey?: string = `V`", "\\\"api_key\\\": \\\"V\\\"", "X-Api-Key: V",
        ]
        for line in lines {
            let text = line.replacingValue(with: value)
            #expect(detector.findings(in: text).map { text.bytes($0.range) } == [value], "\(text)")
        }
    }

    @Test("what people write in the place of a secret is none")
    func placeholders() {
        let values = [
            "your-api-key-goes-here", "xxxxxxxxxxxxxxxxxxxxxxxx", "${API_KEY}", "<token>", "{{ api_key }}",
            "$API_KEY_2024",
            "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "00000000000000000000000000000000",
            "550e8400-e29b-41d4-a716-446655440000", "changeme-changeme-1234", "test-api-key-1234567890",
            "process.env.KEY_2",
            "abcdefghijklmnop1234567890", "my-super-secret-token-123", "arn:aws:secretsmanager:eu-1:123:secret:x2Yz9",
        ]
        for value in values {
            #expect(detector.findings(in: "api_key = \"\(value)\"").isEmpty, "\(value)")
            #expect(detector.findings(in: "password: \"\(value)\"").isEmpty, "\(value)")
        }
    }

    @Test("a token with a wrong checksum is none; the checksum is that of GitHub")
    func checksum() {
        // The one that the simulator takes.
        #expect(GitHubChecksum.suffix(of: String(repeating: "0", count: 30)) == "2C8GjS")
        let token = SeededSecret.all(seed: 1)[0].value
        #expect(detector.findings(in: token).count == 1)
        let end = token.last == "a" ? "b" : "a"
        #expect(detector.findings(in: token.dropLast() + end).isEmpty)
    }

    @Test("a kind that is ignored is not found, the others are")
    func ignored() {
        let secrets = SeededSecret.all(seed: 5)
        let text = secrets[0].value + " " + secrets[5].value
        let detector = SecretDetector(ignoring: [SecretKind(rawValue: secrets[0].kind)])
        #expect(detector.findings(in: text).map(\.kind.rawValue) == [secrets[5].kind])
    }

    @Test("no byte is read beyond a text, wherever it is cut")
    func cuts() {
        for secret in SeededSecret.all(seed: 9) + [.pem(seed: 9)] {
            let text = Array(SecretPlace.all[0].text(with: secret).utf8)
            for end in 0...text.count {
                // An array of its own: what is read beyond it is found by the address sanitizer, or by chance.
                let cut = Array(text[..<end])
                for finding in cut.withUnsafeBufferPointer({ detector.findings(in: $0) }) {
                    #expect(finding.range.upperBound <= end)
                }
            }
        }
    }

    @Test("anything at all is scanned to its end", arguments: 0..<200 as Range<UInt64>)
    func noise(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let pieces =
            SeededSecret.all(seed: seed).map(\.value) + [
                "=", ":", "\"", "'", "://", "@", ".", "-----BEGIN ", "eyJ",
                "password", "token=", "\\", "%3D", "\n", " ", "\u{0}", "é", "Authorization: Basic ", "PRIVATE KEY-----",
            ]
        var text: [UInt8] = []
        for _ in 0..<60 {
            var piece = Array((pieces.randomElement(using: &random) ?? "").utf8)
            if Bool.random(using: &random) {
                piece = Array(piece.prefix(Int.random(in: 0...piece.count, using: &random)))
            }
            if Int.random(in: 0..<8, using: &random) == 0, !piece.isEmpty {
                piece[Int.random(in: 0..<piece.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            text += piece
        }
        var end = 0
        for finding in text.withUnsafeBufferPointer({ detector.findings(in: $0) }) {
            #expect(finding.range.lowerBound >= end && finding.range.upperBound <= text.count && !finding.range.isEmpty)
            end = finding.range.upperBound
        }
    }
}

/// Where people put a secret.
struct SecretPlace {
    let name: String
    let before: String
    let after: String

    init(_ name: String, _ before: String, _ after: String) {
        self.name = name
        self.before = before
        self.after = after
    }

    func text(with secret: SeededSecret) -> String {
        before + secret.context.before + secret.value + secret.context.after + after
    }

    static let all = [
        SecretPlace("alone", "", ""),
        SecretPlace("prose", "Hi, why does ", " not work any more? It did yesterday."),
        SecretPlace("code", "func main() {\n    call(x, ", ") // and so on\n}\n"),
        SecretPlace("markdown", "Look:\n```\n", "\n```\n"),
        SecretPlace("escaped line", #"{"log":"first\n"#, #"\nlast"}"#),
        SecretPlace("query", "https://example.com/a?b=1&x=", "&c=2 "),
        SecretPlace("yaml", "config:\n  value: ", "\n  other: 1\n"),
        SecretPlace("quoted", "Failure(text: \"", "\")"),
        SecretPlace("list", "- ", "\n- next\n"),
        SecretPlace("header", "GET / HTTP/1.1\r\nX-Thing: ", "\r\nAccept: */*\r\n\r\n"),
    ]
}

extension String {
    func bytes(_ range: Range<Int>) -> String { String(decoding: Array(utf8)[range], as: UTF8.self) }

    fileprivate func replacingValue(with value: String) -> String {
        split(separator: "V", maxSplits: 1, omittingEmptySubsequences: false).joined(separator: value)
    }
}
