import AurelisJSON
import Testing

@Suite("RFC 8259 grammar")
struct GrammarTests {
    @Test(
        "valid texts are accepted",
        arguments: [
            // Structure
            "{}", "[]", " {} ", "\t\n\r []\r\n\t ", "[[]]", "[[],[]]", "{\"\":{}}", "{\"a\":[]}", "[{}]", "[1]",
            "[1,2]",
            "{\"a\":1,\"b\":2}", "[[[[[[[[[[]]]]]]]]]]", "[ 1 , 2 ]", "{ \"a\" : 1 , \"b\" : [ ] }",
            "[{\"a\":[{\"b\":{}}]},[]]",
            // Literals and lonely scalars
            "true", "false", "null", " null ", "0", "\"\"", "[true,false,null]",
            // Numbers
            "-0", "1", "-1", "10", "1234567890", "0.0", "-0.0", "0.5", "1.5", "1e1", "1E1", "1e+1", "1e-1", "0e0",
            "0e+00",
            "-0e-0", "1.25E-3", "123456789012345678901234567890", "0.000000000000000000000000000001", "1e999",
            "[-0,0.1e1]",
            // Strings
            "\"a\"", "\"\\\"\"", "\"\\\\\"", "\"\\/\\b\\f\\n\\r\\t\"", "\"\\u0000\"", "\"\\u00e9\"",
            "\"\\uD83D\\uDE00\"",
            "\"\\uFFFF\"", "\"\\u0022\"", "\"\u{7F}\"", "\"é\"", "\"漢\"", "\"😀\"", "\"\u{10FFFF}\"", "\"\u{FFFE}\"",
            "\"\u{2028}\"",
            "\"exactly sixteen!\"", "\"one more than 16.\"", "\"a string that is longer than two blocks of text\"",
            "\"escape at the end of a block\\n\"", "\"// no comment\"", "\"{\\\"a\\\":[\"",
        ]
    )
    func accepts(_ text: String) throws {
        #expect(try JSONDocument(text).description == text)
    }

    @Test(
        "invalid texts are refused",
        arguments: [
            // Structure
            "", " ", "{", "}", "[", "]", "[}", "{]", "[1", "[1,", "[1,]", "[,1]", "[1,,2]", "[1 2]", "[1:2]", "{\"a\"",
            "{\"a\":", "{\"a\":1",
            "{\"a\":1,", "{\"a\":1,}", "{,\"a\":1}", "{\"a\" 1}", "{\"a\",1}", "{\"a\":1 \"b\":2}",
            "{\"a\":1,,\"b\":2}", "{a:1}", "{'a':1}",
            "{1:1}", "{null:1}", "{\"a\":}", "{\"a\"::1}", "{[]:1}", "[[]", "[]]", "{}}", "[{]}", "{\"a\":[}",
            "[\"a\":1]", "{\"a\":1]", "[1}",
            // After the value
            "1 2", "{} {}", "[],", "null,", "\"a\"b", "true false", "[]a", "{}//", "1\u{0}",
            // Literals
            "tru", "truE", "True", "TRUE", "fals", "falsee", "nul", "nulll", "nil", "undefined", "NaN", "Infinity",
            "-Infinity", "t", "[nul]", "[tru",
            // Numbers
            "-", "+1", "01", "-01", "00", "1.", ".5", "-.5", "1.e1", "1e", "1e+", "1e-", "1E", "0x10", "1_000", "1,5",
            "--1", "-a", "1.2.3", "1e1.5",
            "1e1e1", "0.", "0.e1", "[1.]", "[-]", "[1e]", "[01]", "٣", "1f",
            // Strings
            "\"", "\"a", "\"\\", "\"\\\"", "\"\\a\"", "\"\\x41\"", "\"\\'\"", "\"\\0\"", "\"\\u\"", "\"\\u1\"",
            "\"\\u12\"", "\"\\u123\"", "\"\\u123g\"",
            "\"\\u 123\"", "\"\\U0041\"", "\"\\u{41}\"", "\"\\uD83D\\u\"", "\"\\uD83D\\uDE0\"", "\"\t\"", "\"\n\"",
            "\"\u{0}\"", "\"\u{1F}\"", "'a'", "\"a\" \"b\"",
            "\"a longer text before the end of it\n\"", "\"a longer text that never ends ......", "{\"a\nb\":1}",
            "{\"a:1}",
            // Spaces and comments
            "\u{B}1", "\u{C}1", "\u{A0}1", "\u{2028}1", "\u{FEFF}1", "1\u{A0}", "[1,\u{0}2]", "/* */1", "//\n1", "#\n1",
            "[1]//",
        ]
    )
    func refuses(_ text: String) {
        #expect(throws: JSONError.self) { try JSONDocument(text) }
    }

    @Test("a valid text cut anywhere is refused")
    func refusesCutTexts() throws {
        let text =
            Array(#"{"name":["é😀\n",-1.5e+3,true,false,null,{"a":{}},"\ud83d\ude00"],"b":"#.utf8)
            + Array("\"long enough for a block\"}".utf8)
        _ = try JSONDocument(text)
        for length in 0..<text.count {
            #expect(throws: JSONError.self, "\(length)") { try JSONDocument(Array(text[..<length])) }
        }
    }

    @Test("every byte is found wherever it stands in a block", arguments: 0..<40)
    func findsBytesAtEveryPlace(_ place: Int) throws {
        let plain = [UInt8](repeating: UInt8(ascii: "x"), count: place)
        let tail = [UInt8](repeating: UInt8(ascii: "y"), count: 20)
        for byte in UInt8.min...UInt8.max {
            let text = [UInt8(ascii: "\"")] + plain + [byte] + tail + [UInt8(ascii: "\"")]
            let isPlain = byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            let isAccepted = (try? JSONDocument(text)) != nil
            #expect(isAccepted == isPlain, "\(byte)")
        }
    }
}
