import AurelisJSON
import Testing

@Suite("values")
struct ValueTests {
    private func value(_ text: String) throws -> JSONValue { try JSONDocument(text, limits: .response).root }

    @Test(
        "each kind is told by its first byte",
        arguments: [
            ("{}", JSONKind.object), ("[]", .array), ("\"\"", .string), ("0", .number), ("-1", .number),
            ("true", .bool),
            ("false", .bool), ("null", .null), (" \n[1] ", .array),
        ]
    )
    func kinds(_ text: String, _ kind: JSONKind) throws {
        #expect(try value(text).kind == kind)
    }

    @Test(
        "an accessor answers nil for every other kind",
        arguments: ["{\"a\":1}", "[1]", "\"a\"", "1", "true", "null"]
    )
    func otherKinds(_ text: String) throws {
        let value = try value(text)
        #expect((value.string != nil) == (value.kind == .string))
        #expect(value.stringEquals("a") == (value.kind == .string))
        #expect((value.int != nil) == (value.kind == .number))
        #expect((value.double != nil) == (value.kind == .number))
        #expect((value.bool != nil) == (value.kind == .bool))
        #expect(value.isNull == (value.kind == .null))
        #expect((value["a"] != nil) == (value.kind == .object))
        #expect((value[0] != nil) == (value.kind == .array))
        #expect(value.count == (value.kind == .object || value.kind == .array ? 1 : 0))
        #expect(Array(value.elements).count == (value.kind == .array ? 1 : 0))
        #expect(Array(value.members).count == (value.kind == .object ? 1 : 0))
    }

    @Test(
        "integers are exact or absent",
        arguments: [
            ("0", 0), ("-0", 0), ("7", 7), ("-42", -42), ("9223372036854775807", Int.max),
            ("-9223372036854775808", Int.min),
            ("100.0", 100), ("1e2", 100), ("-2.50e1", -25), ("9007199254740991.0", 9_007_199_254_740_991), ("0e5", 0),
            ("9223372036854775808", nil), ("-9223372036854775809", nil), ("18446744073709551616", nil), ("1.5", nil),
            ("1e-1", nil),
            ("1e19", nil), ("1e999", nil), ("9007199254740993.0", nil), ("92233720368547758070", nil),
        ] as [(String, Int?)]
    )
    func integers(_ text: String, _ expected: Int?) throws {
        #expect(try value(text).int == expected)
    }

    @Test(
        "decimals are read as the standard library does",
        arguments: [
            "0", "-0", "0.1", "-0.7", "1.0", "123456789012345", "1234567890123456", "0.123456789012345", "0.000001",
            "3.14159265358979",
            "2.2250738585072014e-308", "5e-324", "1.7976931348623157e308", "1e22", "1e23", "-1E-5", "9007199254740993",
            "0.30000000000000004",
        ]
    )
    func decimals(_ text: String) throws {
        let expected = try #require(Double(text))
        let double = try #require(try value(text).double)
        #expect(double == expected)
        #expect(double.sign == expected.sign)
    }

    @Test("random decimals are read as the standard library does")
    func randomDecimals() throws {
        var random = RandomJSON(seed: 3)
        for _ in 0..<5_000 {
            let text = random.number()
            #expect(try value(text).double == Double(text), "\(text)")
        }
    }

    @Test("a number beyond Double is absent", arguments: ["1e309", "-1e999"])
    func beyondDouble(_ text: String) throws {
        #expect(try value(text).double == nil)
    }

    @Test(
        "strings are unescaped",
        arguments: [
            (#""""#, ""), (#""plain""#, "plain"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
            (#""\u0041\u00e9\u6f22\ud83d\ude00""#, "Aé漢😀"),
            (#""\u0000""#, "\0"), (#""a\nb""#, "a\nb"), (#""\\n""#, "\\n"), (#""\\\\""#, "\\\\"),
            (#""\uDBFF\uDFFF""#, "\u{10FFFF}"),
        ]
    )
    func strings(_ text: String, _ expected: String) throws {
        let value = try value(text)
        #expect(value.string == expected)
        #expect(value.stringEquals(expected))
        #expect(!value.stringEquals(expected + "x"))
        #expect(!value.stringEquals("x" + expected))
        #expect(!value.stringEquals(String(expected.dropLast()) + "\u{1}"))
    }

    @Test("random strings are read back, however they were spelled")
    func randomStrings() throws {
        var random = RandomJSON(seed: 11)
        for _ in 0..<3_000 {
            let text = random.string()
            let value = try value(random.spell(text))
            #expect(value.string?.utf8.elementsEqual(text.utf8) == true)
            #expect(value.stringEquals(text))
            let other = random.string()
            #expect(value.stringEquals(other) == text.utf8.elementsEqual(other.utf8))
        }
    }

    @Test("a string equals by bytes, not by what looks alike")
    func canonicalEquivalence() throws {
        #expect(try !value("\"e\u{301}\"").stringEquals("é"))
        #expect(try !value(#""a\\u0062""#).stringEquals(#"a\u0062"#.replacing("\\u0062", with: "b")))
        #expect(try value(#""a\\u0062""#).stringEquals(#"a\u0062"#))
    }

    @Test("raw is the value as it is written")
    func raw() throws {
        let document = try JSONDocument(" {\"a\" : [ 1,\t2 ] ,\"b\":-1.50e+3 } ")
        #expect(Array(try #require(document["a"]).raw) == Array("[ 1,\t2 ]".utf8))
        #expect(document["b"]?.description == "-1.50e+3")
        #expect(Array(document.root.raw) == Array("{\"a\" : [ 1,\t2 ] ,\"b\":-1.50e+3 }".utf8))
    }
}
