import AurelisJSON
import Testing

@Suite("limits")
struct LimitsTests {
    private func nested(_ depth: Int, open: String = "[", close: String = "]", inside: String = "") -> String {
        String(repeating: open, count: depth) + inside + String(repeating: close, count: depth)
    }

    @Test(
        "depth is allowed up to the limit and no further",
        arguments: [1, 2, 63, 64, 65, 127, 128, 129, 192, 193, 1000]
    )
    func depth(_ depth: Int) throws {
        let limits = JSONLimits(maximumDepth: depth)
        _ = try JSONDocument(nested(depth), limits: limits)
        _ = try JSONDocument(nested(depth, open: "{\"a\":", close: "}", inside: "1"), limits: limits)
        let error = try #require(throws: JSONError.self) { try JSONDocument(nested(depth + 1), limits: limits) }
        #expect(error.code == .depthExceeded)
        #expect(error.offset == depth)
    }

    @Test("mixed nesting is told apart at every depth")
    func mixed() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            let kinds = (0..<Int.random(in: 1..<300, using: &random)).map { _ in random.chance(50) }
            let open = kinds.map { $0 ? "{\"a\":" : "[" }.joined()
            let close = kinds.reversed().map { $0 ? "}" : "]" }
            let limits = JSONLimits(maximumDepth: 300)
            _ = try JSONDocument(open + "0" + close.joined(), limits: limits)
            var wrong = close
            let place = Int.random(in: 0..<close.count, using: &random)
            wrong[place] = wrong[place] == "}" ? "]" : "}"
            #expect(throws: JSONError.self) { try JSONDocument(open + "0" + wrong.joined(), limits: limits) }
        }
    }

    @Test("the default depth is 128")
    func defaultDepth() throws {
        _ = try JSONDocument(nested(128))
        #expect(throws: JSONError.self) { try JSONDocument(nested(129)) }
    }

    @Test("ten million opening brackets end at the limit", arguments: ["[", "{\"a\":", "[{\"\":"])
    func depthBomb(_ opening: String) throws {
        let text = Array(String(repeating: opening, count: 10_000_000 / opening.utf8.count).utf8)
        let error = try #require(throws: JSONError.self) { try JSONDocument(text) }
        #expect(error.code == .depthExceeded)
        #expect(error.offset <= 128 * opening.utf8.count)
    }

    @Test("a million levels are scanned and skipped without recursion, when the limit allows it")
    func deepText() throws {
        let depth = 1_000_000
        var text = [UInt8](repeating: UInt8(ascii: "["), count: depth)
        text += [UInt8](repeating: UInt8(ascii: "]"), count: depth)
        let document = try JSONDocument(text, limits: JSONLimits(maximumDepth: .max))
        #expect(document.root[0]?.raw.count == 2 * depth - 2)
    }

    @Test("ten megabytes of backslashes take one pass", arguments: [0, 1])
    func backslashes(_ extra: Int) {
        let text =
            [UInt8(ascii: "\"")] + [UInt8](repeating: UInt8(ascii: "\\"), count: 10_000_000 + extra) + [
                UInt8(ascii: "\"")
            ]
        let document = try? JSONDocument(text)
        #expect((document != nil) == (extra == 0))
        if let document { #expect(document.root.string?.utf8.count == 5_000_000) }
    }

    @Test("the length is limited")
    func length() throws {
        _ = try JSONDocument("[1,2]", limits: JSONLimits(maximumBytes: 5))
        let error = try #require(throws: JSONError.self) {
            try JSONDocument("[1,2]", limits: JSONLimits(maximumBytes: 4))
        }
        #expect(error.code == .tooLarge)
        #expect(error.description == "the text is longer than 4 bytes at byte 4 (line 1, column 5)")
    }

    @Test(
        "a name that occurs twice at the top is refused by default",
        arguments: [
            #"{"a":1,"a":2}"#, #"{"a":1,"b":2,"\u0061":3}"#, #"{"\u0061":1,"b":2,"a":3}"#, #"{"":1,"":2}"#,
            #"{"é":1,"\u00e9":2}"#,
        ]
    )
    func duplicates(_ text: String) throws {
        let error = try #require(throws: JSONError.self) { try JSONDocument(text) }
        #expect(error.code == .duplicateMember)
        #expect(throws: JSONError.self) { try JSONDocument(text, limits: .response) }
        _ = try JSONDocument(text, limits: .lastWins)
    }

    @Test(
        "names that only look alike are no duplicates",
        arguments: [
            "{\"é\":1,\"e\u{301}\":2}", #"{"a":1,"A":2}"#, #"{"ab":1,"ba":2}"#, #"{"a":{"a":1}}"#,
            #"{"x":[{"a":1,"a":2}]}"#,
        ]
    )
    func noDuplicates(_ text: String) throws {
        _ = try JSONDocument(text)
    }

    @Test("duplicates are found among any number of members", arguments: [2, 5, 31, 32, 33, 34, 64, 65, 100, 20_000])
    func manyMembers(_ count: Int) throws {
        var random = SeededGenerator(seed: UInt64(count))
        var members = (0..<count).map { "\"name\($0)\":\($0)" }
        let document = try JSONDocument("{" + members.joined(separator: ",") + "}")
        #expect(document["name0"]?.int == 0)
        #expect(document["name\(count - 1)"]?.int == count - 1)
        let (first, second) = (
            Int.random(in: 0..<count / 2, using: &random), Int.random(in: count / 2..<count, using: &random)
        )
        members[second] = members[first]
        let error = try #require(throws: JSONError.self) {
            try JSONDocument("{" + members.joined(separator: ",") + "}")
        }
        #expect(error.offset == members[..<second].reduce(1) { $0 + $1.utf8.count + 1 })
    }

    @Test("where duplicates are accepted the last one wins, at the top and below")
    func lastWins() throws {
        let document = try JSONDocument(#"{"a":1,"n":{"a":1,"b":0,"\u0061":2},"a":2}"#, limits: .lastWins)
        #expect(document["a"]?.int == 2)
        #expect(document.root["a"]?.int == 2)
        #expect(document["n"]?["a"]?.int == 2)
    }

    @Test(
        "half surrogates are refused by default, and read as U+FFFD by tolerant limits",
        arguments: [
            (#""\ud800""#, "\u{FFFD}"), (#""\udc00x""#, "\u{FFFD}x"), (#""\ud83dx""#, "\u{FFFD}x"),
            (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
            (#""\ud83d\n""#, "\u{FFFD}\n"), (#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"), (#""\ud83d\u0041""#, "\u{FFFD}A"),
        ]
    )
    func loneSurrogates(_ text: String, _ meaning: String) throws {
        let error = try #require(throws: JSONError.self) { try JSONDocument(text) }
        #expect(error.code == .loneSurrogate)
        let document = try JSONDocument(text, limits: .response)
        #expect(document.root.string == meaning)
        #expect(document.root.stringEquals(meaning))
        #expect(document.description == text)
    }

    @Test("limits are changed in a copy")
    func with() {
        let limits = JSONLimits.default.with { $0.maximumBytes = 9 }
        #expect(limits.maximumBytes == 9)
        #expect(limits.maximumDepth == 128)
        #expect(JSONLimits.default.maximumBytes == nil)
    }
}

extension JSONLimits {
    /// Accepts a name that occurs twice.
    static let lastWins = JSONLimits(rejectsDuplicateMembers: false)
}
