/// Every setting that was read, in the order of reading: its path, its value in effect, and where it was said.
final class SettingsLog {
    struct Entry: Sendable {
        var path: [String]
        var value: String
        /// nil: nobody said it, it is the default.
        var origin: ConfigurationOrigin?
    }

    private(set) var entries: [Entry] = []
    /// The files that have keys in them, and not only where those are.
    private(set) var filesWithKeys: [String] = []

    /// What stands in the place of a secret, whatever its length.
    static let masked = "••••••••"

    func note(_ path: [String], _ value: String, _ origin: ConfigurationOrigin?) {
        entries.append(Entry(path: path, value: value, origin: origin))
    }

    /// A key stands where it was said itself.
    func noteKey(_ origin: ConfigurationOrigin?) {
        guard case .file(let path, _, _) = origin, !filesWithKeys.contains(path) else { return }
        filesWithKeys.append(path)
    }

    /// A text as YAML: plain where that is safe, else in quotes.
    static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && text.first?.isLetter == true
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || "0123456789-_./".utf8.contains(byte)
            }
            && !["true", "false", "yes", "no", "on", "off", "null"].contains(text.lowercased())
        if isPlain { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": escaped += "\\\""
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\t": escaped += "\\t"
            case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value):
                escaped += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return "\"\(escaped)\""
    }
}

extension [SettingsLog.Entry] {
    /// The settings as YAML, each value with its origin behind it.
    func rendered() -> String {
        var lines: [(text: String, origin: String?)] = []
        var open: [String] = []
        var beginsElement = false
        for entry in self {
            let parents = Array<String>(entry.path.dropLast())
            let common = zip(open, parents).prefix { $0 == $1 }.count
            for depth in common..<Swift.max(common, parents.count) {
                let (name, index) = Self.element(parents[depth])
                if index ?? 0 == 0 { lines.append((Self.indent(parents[..<depth]) + "\(name):", nil)) }
                beginsElement = index != nil
            }
            open = parents
            var indent = Self.indent(parents[...])
            if beginsElement { indent = indent.dropLast(2) + "- " }
            beginsElement = false
            let name = SettingsLog.quoted(entry.path[entry.path.count - 1])
            lines.append((indent + "\(name): \(entry.value)", entry.origin.map { "\($0)" } ?? "default"))
        }
        let width = Swift.min(56, lines.map { $0.origin == nil ? 0 : $0.text.count }.max() ?? 0)
        return lines.map { line in
            guard let origin = line.origin else { return line.text + "\n" }
            return line.text + String(repeating: " ", count: Swift.max(0, width - line.text.count)) + "  # \(origin)\n"
        }.joined()
    }

    /// A list's element takes one step more than a map, for its dash.
    private static func indent(_ parents: ArraySlice<String>) -> String {
        parents.map { element($0).index == nil ? "  " : "    " }.joined()
    }

    /// `providers[0]` is the first element of `providers`.
    private static func element(_ name: String) -> (name: String, index: Int?) {
        guard name.last == "]", let bracket = name.lastIndex(of: "["),
            let index = Int(name[name.index(after: bracket)...].dropLast())
        else { return (name, nil) }
        return (String(name[..<bracket]), index)
    }
}
