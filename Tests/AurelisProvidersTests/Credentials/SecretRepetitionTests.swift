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

    static let separators = [" ", "-", "\n", ":", ", ", "\u{200B}", " · ", "\\n"]

    @Test("with something between its characters, or between groups of them", arguments: separators)
    func separated(_ separator: String) {
        for size in [1, 2, 4, 5] {
            for written in [Self.text, Self.text.hexadecimal, Self.text.base32, Self.text.base32.lowercased()] {
                #expect(isFound("it is \(written.grouped(size, separator)).", of: Self.text), "\(written)")
            }
        }
        let lines = Data("x\(Self.text)".utf8).base64EncodedString().grouped(3, separator.replacing("-", with: "."))
        #expect(isFound(lines))
    }

    @Test("in base32, wherever it stood in what was encoded", arguments: ["", "a", "ab", "abc", "abcd", "user:"])
    func base32(_ before: String) {
        for after in ["", "!", "!!", "!!!!"] { #expect(isFound((before + Self.text + after).base32)) }
        #expect(isFound((before + "k3y-4-u!").base32, of: "k3y-4-u!"))
        #expect(!isFound((before + "k3y-5-u!").base32, of: "k3y-4-u!"))
    }

    @Test("backwards, in every encoding and with something in between")
    func backwards() {
        let base64 = Data(Self.text.utf8).base64EncodedString()
        for text in [Self.text, Self.text.uppercased(), Self.text.hexadecimal, Self.text.base32, base64] {
            let turned = String(text.reversed())
            #expect(isFound(turned) && isFound("is: \(turned.grouped(3, " ")).") && isFound(turned.dropLast(9) + "..."))
        }
    }

    @Test("with something in between, only where what is left of it is long and has a digit")
    func separatedBounds() {
        #expect(isFound("a b c d e f 1 2 3 4 5 6", of: "abc-def-123-456"))
        #expect(!isFound("a b c d e f 1 2 3 4 5", of: "abc-def-123-45"))
        #expect(!isFound("a b c d e f 1 2 3 4 5", of: "abc-def-123-456"))
        #expect(!isFound("no key is required by this server: use any", of: "no-key-is-required-by-this"))
        #expect(!isFound("s k p r o j 4 F q 9 Z t L w 8 x 1 R k", of: Self.text))
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
            ("", text), ("100% of C:\\users", text), ("\\", text), ("%", text),
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

    /// As RFC 4648 has it.
    fileprivate var base32: String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var (bits, count, output) = (0, 0, "")
        for byte in utf8 {
            bits = (bits << 8 | Int(byte)) & 0xFFFF
            count += 8
            while count >= 5 {
                count -= 5
                output.append(alphabet[bits >> count & 31])
            }
        }
        if count > 0 { output.append(alphabet[bits << (5 - count) & 31]) }
        return output + String(repeating: "=", count: (8 - output.count % 8) % 8)
    }

    /// With something between so many characters and the next ones.
    fileprivate func grouped(_ size: Int, _ separator: String) -> String {
        let characters = Array(self)
        return stride(from: 0, to: characters.count, by: size)
            .map { String(characters[$0..<Swift.min($0 + size, characters.count)]) }.joined(separator: separator)
    }

    fileprivate func spelled(_ spelling: (UInt8) -> String) -> String { utf8.map(spelling).joined() }

    fileprivate var jsonEscaped: String {
        utf8.map { #"\u00"# + String($0, radix: 16, uppercase: true) }.joined()
    }
}
