/// Makes text from elsewhere harmless on a terminal: a model may write what moves the cursor, sets the title or types.
///
///     var sanitizer = TerminalSanitizer()
///     sanitizer.sanitize("\u{1B}[2Jgone")   // "␛[2Jgone"
///
/// ESC and every other control character become visible signs; tab and newline stay, CR LF becomes a newline.
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
        case 0x80...0x9F:
            result.unicodeScalars.append("\u{FFFD}")
        default:
            result.unicodeScalars.append(scalar)
        }
    }
}
