/// The spellings of JSON's scalars, shared by fragments and the writer.
extension [UInt8] {
    /// Appends a string with its quotes; escapes quotes, backslashes and control characters and nothing else.
    mutating func appendJSONString(_ string: String) {
        var string = string
        string.withUTF8 { utf8 in
            append(Ascii.quote)
            appendEscaped(Bytes(utf8))
            append(Ascii.quote)
        }
    }

    private mutating func appendEscaped(_ text: Bytes) {
        var index = 0
        while index < text.count {
            let end = text.endOfUnescapedText(index)
            append(contentsOf: UnsafeBufferPointer(start: text.base + index, count: end - index))
            guard end < text.count else { return }
            appendEscape(text[end])
            index = end + 1
        }
    }

    @inline(never)
    private mutating func appendEscape(_ byte: UInt8) {
        append(Ascii.backslash)
        switch byte {
        case Ascii.quote, Ascii.backslash: append(byte)
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x09: append(UInt8(ascii: "t"))
        case 0x0D: append(UInt8(ascii: "r"))
        default:
            append(contentsOf: "u00".utf8)
            append(Ascii.hexDigit(byte >> 4))
            append(Ascii.hexDigit(byte & 0xF))
        }
    }

    /// Appends an integer.
    mutating func appendJSON(_ value: Int) {
        let isNegative = value < 0
        var rest = value.magnitude
        // 20 digits are enough for any 64-bit number and its sign.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var first = 20
            repeat {
                first -= 1
                digits[first] = Ascii.zero + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if isNegative {
                first -= 1
                digits[first] = Ascii.minus
            }
            append(contentsOf: digits[first...])
        }
    }

    /// Appends a number in the shortest form that reads back as the same one, or `null` when it is not finite.
    mutating func appendJSON(_ value: Double) {
        append(contentsOf: value.isFinite ? value.description.utf8 : "null".utf8)
    }

    /// Appends `true` or `false`.
    mutating func appendJSON(_ value: Bool) { append(contentsOf: value ? "true".utf8 : "false".utf8) }
}
