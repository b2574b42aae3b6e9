import AurelisJSON
import Testing

@Suite("errors")
struct ErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var code: JSONError.Code
        var message: String
        var testDescription: String { text.debugDescription }
    }

    @Test(
        "an error says what was expected, and where",
        arguments: [
            Case(
                text: #"{"model":"gpt-4o" "n":1}"#,
                code: .unexpectedByte,
                message: "expected ',' or '}' at byte 18 (line 1, column 19)"
            ),
            Case(text: "[1 2]", code: .unexpectedByte, message: "expected ',' or ']' at byte 3 (line 1, column 4)"),
            Case(text: "[1,]", code: .unexpectedByte, message: "expected a value at byte 3 (line 1, column 4)"),
            Case(
                text: "{\n  \"é\": 1,\n}",
                code: .unexpectedByte,
                message: "expected a member's name in double quotes at byte 13 (line 3, column 1)"
            ),
            Case(
                text: "{1}",
                code: .unexpectedByte,
                message: "expected a member's name in double quotes or '}' at byte 1 (line 1, column 2)"
            ),
            Case(text: #"{"é" 1}"#, code: .unexpectedByte, message: "expected ':' at byte 6 (line 1, column 6)"),
            Case(text: "[trux]", code: .unexpectedByte, message: "expected 'true' at byte 4 (line 1, column 5)"),
            Case(text: "falsy", code: .unexpectedByte, message: "expected 'false' at byte 4 (line 1, column 5)"),
            Case(text: "nil ", code: .unexpectedByte, message: "expected 'null' at byte 1 (line 1, column 2)"),
            Case(
                text: "",
                code: .unexpectedEnd,
                message: "the text ends too early: expected a value at byte 0 (line 1, column 1)"
            ),
            Case(
                text: "[1,\n",
                code: .unexpectedEnd,
                message: "the text ends too early: expected a value at byte 4 (line 2, column 1)"
            ),
            Case(
                text: "\"abc",
                code: .unexpectedEnd,
                message: "the text ends too early: expected the string's closing quote at byte 4 (line 1, column 5)"
            ),
            Case(
                text: "tr",
                code: .unexpectedEnd,
                message: "the text ends too early: expected 'true' at byte 2 (line 1, column 3)"
            ),
            Case(
                text: "-",
                code: .unexpectedEnd,
                message: "the text ends too early: expected a digit at byte 1 (line 1, column 2)"
            ),
            Case(text: "[1.]", code: .invalidNumber, message: "expected a digit at byte 3 (line 1, column 4)"),
            Case(
                text: "[-01]",
                code: .invalidNumber,
                message: "a number must not begin with a zero that another digit follows at byte 2 (line 1, column 3)"
            ),
            Case(
                text: #""a\x""#,
                code: .invalidEscape,
                message: #"a backslash must be followed by one of " \ / b f n r t u at byte 3 (line 1, column 4)"#
            ),
            Case(
                text: #""\u12g4""#,
                code: .invalidEscape,
                message: #"\u must be followed by four hexadecimal digits at byte 5 (line 1, column 6)"#
            ),
            Case(
                text: #""a\ud800b""#,
                code: .loneSurrogate,
                message: #"\u names half of a surrogate pair at byte 2 (line 1, column 3)"#
            ),
            Case(
                text: "\"a\nb\"",
                code: .controlCharacter,
                message: "a control character in a string must be escaped at byte 2 (line 1, column 3)"
            ),
            Case(
                text: "{} x",
                code: .trailingBytes,
                message: "expected the end of the text at byte 3 (line 1, column 4)"
            ),
            Case(
                text: "\u{FEFF}{}",
                code: .byteOrderMark,
                message: "a byte order mark is not allowed at byte 0 (line 1, column 1)"
            ),
            Case(
                text: #"{"a":1,"b":2,"\u0061":3}"#,
                code: .duplicateMember,
                message: #"the member "\u0061" occurs a second time at byte 13 (line 1, column 14)"#
            ),
        ]
    )
    func says(_ expected: Case) throws {
        let error = try #require(throws: JSONError.self) { try JSONDocument(expected.text) }
        #expect(error.description == expected.message)
        #expect(error.code == expected.code)
    }

    @Test("an invalid byte is named at the beginning of its character")
    func invalidUTF8() throws {
        let error = try #require(throws: JSONError.self) {
            try JSONDocument(Array("\"é".utf8) + [0xE2, 0x28, 0xA1] + Array("\"".utf8))
        }
        #expect(error.code == .invalidUTF8)
        #expect(error.offset == 3)
        #expect(error.column == 3)
    }
}
