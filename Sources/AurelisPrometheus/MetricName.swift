/// Names as Prometheus allows them: whatever a library calls its metrics, a scrape must not fail because of it.
enum MetricName {
    /// Letters, digits, `_` and `:`, no digit first; everything else becomes `_`.
    static func metric(_ text: String) -> String { legal(text, colons: true) }

    /// Letters, digits and `_`; those that Prometheus keeps for itself get `label_` before them.
    static func label(_ text: String) -> String {
        let name = legal(text, colons: false)
        return name.hasPrefix("__") || name == "le" || name == "quantile" ? "label_\(name)" : name
    }

    /// A counter's name without its `_total`.
    static func counter(_ text: String) -> String {
        let name = metric(text)
        return name.hasSuffix("_total") && name.utf8.count > 6 ? String(name.dropLast(6)) : name
    }

    private static func legal(_ text: String, colons: Bool) -> String {
        if isLegal(text, colons: colons) { return text }
        var name = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
                name.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if name.isEmpty { name = "_" }
                name.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: ":") where colons:
                name += ":"
            default:
                name += "_"
            }
        }
        return name.isEmpty ? "_" : name
    }

    private static func isLegal(_ text: String, colons: Bool) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            let folded = byte | 0x20
            return folded >= UInt8(ascii: "a") && folded <= UInt8(ascii: "z") && byte >= 0x41
                || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
                || byte == UInt8(ascii: "_") || colons && byte == UInt8(ascii: ":")
        }
    }
}
