import AurelisJSON
import Testing

@Suite("fragments")
struct FragmentTests {
    @Test("literals are written as JSON, members in the order of the source")
    func literals() {
        let fragment: JSONFragment = [
            "type": "object", "n": 1, "x": 0.5, "yes": true, "none": nil, "list": [1, "two", [], [:]],
            "a \"quoted\" name": "line\nbreak",
        ]
        #expect(
            fragment.description
                == #"{"type":"object","n":1,"x":0.5,"yes":true,"none":null,"list":[1,"two",[],{}],"a \"quoted\" name":"line\nbreak"}"#
        )
    }

    @Test("an interpolated string is one string")
    func interpolation() {
        let name = "a\"b"
        let fragment: JSONFragment = "say \(name)"
        #expect(fragment.description == #""say a\"b""#)
    }

    @Test(
        "strings are escaped where JSON asks for it, and only there",
        arguments: [
            ("", #""""#), ("plain", #""plain""#), ("\"\\/", #""\"\\/""#), ("\n\r\t", #""\n\r\t""#),
            ("\0\u{1}\u{8}\u{C}\u{1F}", #""\u0000\u0001\u0008\u000c\u001f""#),
            ("\u{7F}é漢😀\u{2028}", "\"\u{7F}é漢😀\u{2028}\""),
            ("sixteen bytes... and \"more\"", #""sixteen bytes... and \"more\"""#), ("漢\n漢\"漢", "\"漢\\n漢\\\"漢\""),
        ]
    )
    func strings(_ text: String, _ expected: String) throws {
        #expect(JSONFragment.string(text).description == expected)
        #expect(try JSONDocument(expected).root.string == text)
    }

    @Test("random strings survive the round trip")
    func randomStrings() throws {
        var random = RandomJSON(seed: 5)
        for _ in 0..<2_000 {
            let text = random.string()
            #expect(
                try JSONDocument(JSONFragment.string(text).bytes).root.string?.utf8.elementsEqual(text.utf8) == true
            )
        }
    }

    @Test("integers are written in full", arguments: [0, 1, -1, 9, 10, -10, 1_234_567_890, .max, .min])
    func integers(_ value: Int) {
        #expect(JSONFragment.int(value).description == String(value))
    }

    @Test("numbers are written in the shortest form that reads back the same")
    func numbers() throws {
        var random = SeededGenerator(seed: 1)
        let special = [
            0.0, -0.0, 0.1, 1.0, 1e16, 1e-7, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .leastNormalMagnitude,
            0.1 + 0.2,
        ]
        for value in special + (0..<1_000).map({ _ in Double(bitPattern: random.next()) }) where value.isFinite {
            let document = try JSONDocument(JSONFragment.double(value).bytes)
            #expect(document.root.double?.bitPattern == value.bitPattern, "\(value)")
        }
        #expect(JSONFragment.double(0.1).description == "0.1")
    }

    @Test("what has no form in JSON is null", arguments: [Double.nan, .infinity, -.infinity])
    func notFinite(_ value: Double) {
        #expect(JSONFragment.double(value) == .null)
    }

    @Test("text is validated, and loses only the white space around it")
    func validating() throws {
        #expect(try JSONFragment(validating: Array(" { \"a\" : 1 }\n".utf8)).description == "{ \"a\" : 1 }")
        for text in ["", "1 2", "{", "1,\"b\":2", "}"] {
            #expect(throws: JSONError.self) { try JSONFragment(validating: Array(text.utf8)) }
        }
    }

    @Test("a value of a document is written as it was")
    func raw() throws {
        let document = try JSONDocument(#"{"a":[1.50, "\u0041"]}"#)
        let value = try #require(document["a"])
        #expect(JSONFragment.raw(value).description == #"[1.50, "\u0041"]"#)
        #expect(
            JSONFragment.object([("x", .raw(value)), ("y", .array([.raw(value), 1]))]).description
                == #"{"x":[1.50, "\u0041"],"y":[[1.50, "\u0041"],1]}"#
        )
    }
}
