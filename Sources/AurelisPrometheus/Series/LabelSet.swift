/// The labels of a series, as the exposition writes them: sorted by name, escaped, each name once.
///
///     LabelSet([("model", "gpt-4o"), ("cached", "no")]).text      // cached="no",model="gpt-4o"
struct LabelSet: Hashable, Sendable {
    /// Between the braces.
    let text: String

    /// No label's value is longer.
    static let maximumLength = 256

    init(_ labels: [(String, String)]) {
        guard !labels.isEmpty else {
            text = ""
            return
        }
        var sorted = labels.map { (MetricName.label($0.0), $0.1) }
        // Most are told in their order.
        let isSorted = zip(sorted, sorted.dropFirst()).allSatisfy { $0.0 < $1.0 }
        if !isSorted { sorted.sort { $0.0 < $1.0 } }
        var text = ""
        var last: String?
        for (name, value) in sorted where name != last {
            if last != nil { text += "," }
            text += name
            text += "=\""
            Self.escape(value, into: &text)
            text += "\""
            last = name
        }
        self.text = text
    }

    /// The set of those that no longer fit: the same names, and `other` for every value.
    static func overflow(_ labels: [(String, String)]) -> LabelSet { LabelSet(labels.map { ($0.0, "other") }) }

    private static func escape(_ value: String, into text: inout String) {
        let isPlain =
            value.utf8.count <= maximumLength && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }
        if isPlain { return text += value }
        for scalar in value.unicodeScalars.prefix(maximumLength) {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
