/// What the scanner met instead of JSON: as small as a byte, so that the hot path can return it beside an offset.
enum ScanFailure: UInt8 {
    case expectedValue
    case expectedName
    case expectedNameOrBrace
    case expectedColon
    case expectedCommaOrBrace
    case expectedCommaOrBracket
    case expectedTrue
    case expectedFalse
    case expectedNull
    case expectedDigit
    case leadingZero
    case unterminatedString
    case controlCharacter
    case invalidUTF8
    case invalidEscape
    case invalidHexDigit
    case loneSurrogate
    case depthExceeded
    case trailingBytes
    case byteOrderMark

    private var code: JSONError.Code {
        switch self {
        case .expectedValue, .expectedName, .expectedNameOrBrace, .expectedColon,
            .expectedCommaOrBrace, .expectedCommaOrBracket, .expectedTrue, .expectedFalse, .expectedNull:
            .unexpectedByte
        case .expectedDigit, .leadingZero: .invalidNumber
        case .unterminatedString: .unexpectedEnd
        case .controlCharacter: .controlCharacter
        case .invalidUTF8: .invalidUTF8
        case .invalidEscape, .invalidHexDigit: .invalidEscape
        case .loneSurrogate: .loneSurrogate
        case .depthExceeded: .depthExceeded
        case .trailingBytes: .trailingBytes
        case .byteOrderMark: .byteOrderMark
        }
    }

    private var reason: String {
        switch self {
        case .expectedValue: "expected a value"
        case .expectedName: "expected a member's name in double quotes"
        case .expectedNameOrBrace: "expected a member's name in double quotes or '}'"
        case .expectedColon: "expected ':'"
        case .expectedCommaOrBrace: "expected ',' or '}'"
        case .expectedCommaOrBracket: "expected ',' or ']'"
        case .expectedTrue: "expected 'true'"
        case .expectedFalse: "expected 'false'"
        case .expectedNull: "expected 'null'"
        case .expectedDigit: "expected a digit"
        case .leadingZero: "a number must not begin with a zero that another digit follows"
        case .unterminatedString: "expected the string's closing quote"
        case .controlCharacter: "a control character in a string must be escaped"
        case .invalidUTF8: "the text is not valid UTF-8"
        case .invalidEscape: "a backslash must be followed by one of \" \\ / b f n r t u"
        case .invalidHexDigit: "\\u must be followed by four hexadecimal digits"
        case .loneSurrogate: "\\u names half of a surrogate pair"
        case .depthExceeded: "arrays and objects lie too deep inside each other"
        case .trailingBytes: "expected the end of the text"
        case .byteOrderMark: "a byte order mark is not allowed"
        }
    }

    /// The error for a person. A text that ends where more is needed is `unexpectedEnd`, whatever was needed.
    @inline(never)
    func error(at offset: Int, in text: UnsafeBufferPointer<UInt8>) -> JSONError {
        if offset >= text.count {
            return JSONError(.unexpectedEnd, "the text ends too early: \(reason)", at: text.count, in: text)
        }
        return JSONError(code, reason, at: offset, in: text)
    }
}

extension ScanFailure {
    /// The failure and its place in one negative number. Offsets stay below 2^31.
    @inline(__always)
    func encoded(at offset: Int) -> Int { -1 - (offset << 8 | Int(rawValue)) }

    /// Reads back what `encoded(at:)` made.
    static func decode(_ encoded: Int) -> (failure: ScanFailure, offset: Int) {
        let bits = -1 - encoded
        return (ScanFailure(rawValue: UInt8(truncatingIfNeeded: bits)) ?? .expectedValue, bits >> 8)
    }
}
