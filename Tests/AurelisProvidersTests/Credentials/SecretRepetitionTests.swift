import Foundation
import Testing

@testable import AurelisProviders

@Suite("A repeated secret is found")
struct SecretRepetitionTests {
    static let text = "sk-proj-4Fq9/Zt_Lw81+Rk77b_xYv-Mn0"

    private func isFound(_ text: String, of secret: String = text) -> Bool { Secret(secret).isRepeated(in: text) }

    @Test(
        "however it is spelled",
        arguments: [
            text, "key=\(text).", "Bearer \(text)", text.percentEncoded(everything: false),
            text.percentEncoded(everything: true), text.percentEncoded(everything: true).lowercased(),
            text.percentEncoded(everything: true).replacing("%", with: "%25"), text.replacing("/", with: #"\/"#),
            text.jsonEscaped, text.jsonEscaped.replacing(#"\"#, with: #"\\"#),
            #"{"error":{"message":"{\"message\":\"\u005cu0073k-proj-4Fq9\\\/Zt_Lw81\"}"}}"#,
        ]
    )
    func spellings(_ text: String) { #expect(isFound(text)) }

    static let otherSpellings: [String] = [
        text.uppercased(), text.dropFirst(8).lowercased(), "KEY 4FQ9/ZT_", text.hexadecimal, "0x\(text.hexadecimal)",
        text.hexadecimal.uppercased(), "7\(text.hexadecimal)", text.spelled { "&#\($0);" }, text.spelled { "&#\($0)" },
        text.spelled { "&#x\(String($0, radix: 16));" },
        text.spelled { "&#X00\(String($0, radix: 16, uppercase: true));" },
        text.spelled { "&amp;#\($0);" }, text.spelled { #"\x\#(String($0, radix: 16))"# },
        text.spelled { #"\\x\#(String($0, radix: 16, uppercase: true))"# }, "&#52;Fq9&sol;Zt&lowbar;Lw",
    ]

    @Test("in another case, in hexadecimal digits, with the escapes of HTML and of C", arguments: otherSpellings)
    func moreSpellings(_ text: String) { #expect(isFound(text)) }

    @Test(
        "in base64 of both alphabets, wherever it stood in what was encoded",
        arguments: ["", "x", "xy", "xyz", "Bearer ", "user:"],
        ["", "!", "!!", "!!!"]
    )
    func base64(_ before: String, _ after: String) {
        let plain = Data((before + Self.text + after).utf8).base64EncodedString()
        let safe = plain.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        for encoded in [plain, safe, plain.replacing("/", with: #"\/"#), plain.percentEncoded(everything: false)] {
            #expect(isFound("Authorization: \(encoded)"))
        }
    }

    @Test("as a short secret in base64, whatever stands around it", arguments: ["", "a", "ab"])
    func shortInBase64(_ before: String) {
        #expect(isFound(Data("\(before)k3y-4-u!.".utf8).base64EncodedString(), of: "k3y-4-u!"))
        #expect(!isFound(Data("\(before)k3y-4-us".utf8).base64EncodedString(), of: "k3y-4-u!"))
    }

    @Test("as a short secret, in letters of either case, in hexadecimal digits, and only as a whole")
    func short() {
        let secret = "k3y-4-U!aB"
        for text in [secret, secret.lowercased(), secret.uppercased(), secret.hexadecimal, "a" + secret.hexadecimal] {
            #expect(isFound("it is \(text).", of: secret))
        }
        for text in ["k3y-4-U!a", "3y-4-U!aB", "k3y-4-U!bB", "k3y-4-V!aB"] { #expect(!isFound(text, of: secret)) }
    }

    @Test("half masked, when eight characters in a row are left", arguments: [8, 12, 20])
    func masked(_ count: Int) {
        let secret = "4Fq9Zt7Lw81QRk77bTxYvAMn0"
        #expect(isFound("\(secret.prefix(count))****", of: secret))
        #expect(isFound("****\(secret.suffix(count))", of: secret))
        #expect(isFound("4F…\(secret.dropFirst(5).prefix(count))…n0", of: secret))
        #expect(!isFound("\(secret.prefix(7))****\(secret.suffix(7))", of: secret))
    }

    @Test(
        "but nothing is taken for it that is not",
        arguments: [
            ("ollama is down", "ollama"), ("short-1 is a part", "short-1x"), ("a part of k3y-4-u: 3y-4-u!", "k3y-4-u!"),
            ("a model is required", "sk-no-key-required"), ("keys begin with sk-proj-", text),
            ("Incorrect API key provided: sk-proj-***********xMn0", text), ("a key begins with github_pat_", gitHub),
            ("SK-PROJ- is how keys begin", text), ("R&D; &bogus; &#; &#x; &#99999999; \\xZZ &", text),
            ("digest 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", text),
            (String(text.reversed()), text), ("", text), ("100% of C:\\users", text), ("\\", text), ("%", text),
            (#"{"a":"\ud800 \uZZZZ"}"#, text),
        ]
    )
    func falsePositives(_ text: String, _ secret: String) { #expect(!isFound(text, of: secret)) }

    private static let gitHub = ["github", "_pat_", "11ABCDEFG0aBcDeFgHiJkL"].joined()

    @Test("what is escaped without end is taken for it")
    func endless() { #expect(isFound("%" + String(repeating: "25", count: 9) + "41 in a long text")) }
}

extension String {
    fileprivate func percentEncoded(everything: Bool) -> String {
        utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            guard everything || !scalar.properties.isAlphabetic else { return String(scalar) }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    fileprivate var hexadecimal: String { utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }

    fileprivate func spelled(_ spelling: (UInt8) -> String) -> String { utf8.map(spelling).joined() }

    fileprivate var jsonEscaped: String {
        utf8.map { #"\u00"# + String($0, radix: 16, uppercase: true) }.joined()
    }
}
