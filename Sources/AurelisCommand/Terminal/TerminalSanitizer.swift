/// Makes text from elsewhere harmless on a terminal: a model may write what moves the cursor, sets the title or types.
///
///     var sanitizer = TerminalSanitizer()
///     sanitizer.sanitize("\u{1B}[2Jgone")   // "␛[2Jgone"
///
/// ESC and every other control character become visible signs; tab and newline stay, CR LF and Unicode's own line
/// separators become newlines. What reorders the text around it, so that it reads as something else, becomes visible
/// too; the marks that only nudge a neighbour, which texts in Arabic and Hebrew are full of, are left out.
/// A CR LF that arrives in two pieces is recognised too, so one value serves one text.
struct TerminalSanitizer: Sendable {
    /// A CR was seen whose meaning the next character decides.
    private var pendingReturn = false

    /// The next piece of the text, safe to be shown.
    mutating func sanitize(_ piece: String) -> String {
        var result = ""
        result.reserveCapacity(piece.utf8.count)
        for scalar in piece.unicodeScalars { append(scalar, to: &result) }
        return result
    }

    /// What was held back because the text might have gone on.
    mutating func finish() -> String {
        defer { pendingReturn = false }
        return pendingReturn ? TerminalSanitizer.carriageReturn : ""
    }

    /// A whole text made safe, in one line: newlines and tabs become spaces.
    static func singleLine(_ text: String) -> String {
        var sanitizer = TerminalSanitizer()
        let safe = sanitizer.sanitize(text) + sanitizer.finish()
        return String(safe.map { $0.isNewline || $0 == "\t" ? " " : $0 })
    }

    /// JSON that reads the same and steers nothing: such characters stand in its strings only, where they have escapes.
    static func json(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static let carriageReturn = "\u{240D}"

    private mutating func append(_ scalar: Unicode.Scalar, to result: inout String) {
        if pendingReturn {
            pendingReturn = false
            if scalar != "\n" { result += TerminalSanitizer.carriageReturn }
        }
        switch scalar.value {
        case 0x09, 0x0A:
            result.unicodeScalars.append(scalar)
        case 0x0D:
            pendingReturn = true
        case 0x00...0x1F:
            // U+2400 and on are pictures of the C0 characters, in their order.
            result.unicodeScalars.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
        case 0x7F:
            result.unicodeScalars.append("\u{2421}")
        case 0x2028, 0x2029:
            result.unicodeScalars.append("\n")
        case 0x061C, 0x200E, 0x200F:
            break
        case 0x80...0x9F, 0x202A...0x202E, 0x2066...0x2069:
            result.unicodeScalars.append("\u{FFFD}")
        default:
            result.unicodeScalars.append(scalar)
        }
    }
}
