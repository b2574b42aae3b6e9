import Testing

@testable import AurelisCommand

@Suite("Keys from bytes")
struct KeyDecoderTests {
    static let sequences: [(String, [Key])] = [
        ("a", [.text("a")]), ("héllo 世界", [.text("héllo 世界")]), ("👩‍👩‍👧", [.text("👩‍👩‍👧")]), ("\r", [.enter]), ("\n", [.enter]),
        ("ab\rcd", [.text("ab"), .enter, .text("cd")]), ("\u{7F}", [.backspace]), ("\u{8}", [.backspace]),
        ("\t", [.tab]), ("\u{1}", [.control("a")]), ("\u{17}", [.control("w")]), ("\u{3}", [.control("c")]),
        ("\u{1B}[A", [.up]), ("\u{1B}[B", [.down]), ("\u{1B}[C", [.right]), ("\u{1B}[D", [.left]),
        ("\u{1B}OA", [.up]), ("\u{1B}OM", [.enter]), ("\u{1B}[H", [.home]), ("\u{1B}[F", [.end]),
        ("\u{1B}[1~", [.home]), ("\u{1B}[4~", [.end]), ("\u{1B}[7~", [.home]), ("\u{1B}[8~", [.end]),
        ("\u{1B}[3~", [.delete]), ("\u{1B}[3;5~", [.deleteWordRight]), ("\u{1B}[1;5C", [.wordRight]),
        ("\u{1B}[1;3D", [.wordLeft]), ("\u{1B}b", [.wordLeft]), ("\u{1B}f", [.wordRight]),
        ("\u{1B}d", [.deleteWordRight]), ("\u{1B}\u{7F}", [.deleteWordLeft]), ("\u{1B}\r", [.newline]),
        ("\u{1B}[13;2u", [.newline]), ("\u{1B}[13u", [.enter]), ("\u{1B}[27;5;13~", [.newline]),
        ("\u{1B}[5~", [.other]), ("\u{1B}[?1;2c", [.other]), ("\u{1B}x", [.other]), ("\u{1B}é", [.text("é")]),
        ("\u{1B}[200~one\r\ntwo\rthree\u{1B}[201~x", [.paste("one\ntwo\nthree"), .text("x")]),
        ("\u{1B}[200~a\u{1B}[2Jb\u{7}\tc\u{1B}[201~", [.paste("a[2Jb\tc")]),
        ("\u{1B}[200~\u{1B}[201~", [.paste("")]),
    ]

    @Test("every way of pressing a key is that key", arguments: sequences)
    func keys(bytes: String, expected: [Key]) {
        var decoder = KeyDecoder()
        #expect(decoder.decode(Array(bytes.utf8)) == expected)
        #expect(!decoder.isWaiting)
    }

    @Test("bytes that come one by one make the same keys, but for text in pieces", arguments: sequences)
    func oneByOne(bytes: String, expected: [Key]) {
        var decoder = KeyDecoder()
        let keys = bytes.utf8.flatMap { decoder.decode([$0]) }
        #expect(Self.joined(keys) == Self.joined(expected))
    }

    @Test("an ESC of which nothing comes is a key that means nothing")
    func loneEscape() {
        var decoder = KeyDecoder()
        #expect(decoder.decode([0x1B]) == [])
        #expect(decoder.isWaiting)
        #expect(decoder.flush() == [.other])
        #expect(decoder.decode(Array("[A".utf8)) == [.text("[A")])
    }

    @Test("what is no UTF-8 is seen to be none, and spoils nothing after it")
    func invalid() {
        var decoder = KeyDecoder()
        #expect(decoder.decode([0xFF, 0x61]) == [.text("\u{FFFD}a")])
        #expect(decoder.decode([0xC3, 0x61]) == [.text("\u{FFFD}a")])
        #expect(decoder.decode([0xE4, 0xB8, 0x0D]) == [.text("\u{FFFD}"), .enter])
    }

    @Test("of an endless paste the beginning is kept, and its end is still found")
    func bounded() {
        var decoder = KeyDecoder()
        _ = decoder.decode(Array("\u{1B}[200~".utf8))
        let block = [UInt8](repeating: 0x61, count: 1 << 18)
        for _ in 0..<5 { #expect(decoder.decode(block) == []) }
        let keys = decoder.decode(Array("\u{1B}[201~b".utf8))
        guard case .paste(let text) = keys.first else { return #expect(Bool(false), "\(keys.count) keys") }
        #expect(text.utf8.count >= KeyDecoder.maximumPaste && text.utf8.count < KeyDecoder.maximumPaste + 16)
        #expect(keys.last == .text("b"))
    }

    @Test("no bytes whatever stop it, and it comes back to plain text", arguments: 0..<200)
    func anything(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var decoder = KeyDecoder()
        let alphabet: [UInt8] = [
            0x1B, 0x5B, 0x4F, 0x7E, 0x3B, 0x30, 0x32, 0x31, 0x0D, 0x61, 0xC3, 0xA9, 0xF0, 0xFF, 0x03,
        ]
        for _ in 0..<40 {
            let bytes = (0..<Int.random(in: 0..<9, using: &random)).map { _ in alphabet.randomElement(using: &random)! }
            _ = decoder.decode(bytes)
        }
        _ = decoder.decode(Array("\u{1B}[201~".utf8))
        _ = decoder.flush()
        #expect(decoder.decode(Array("z".utf8)).last == .text("z"))
    }

    private static func joined(_ keys: [Key]) -> [Key] {
        keys.reduce(into: []) { result, key in
            if case .text(let more) = key, case .text(let text)? = result.last {
                result[result.count - 1] = .text(text + more)
            } else {
                result.append(key)
            }
        }
    }
}
