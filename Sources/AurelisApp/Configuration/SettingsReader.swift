internal import Aurelis

/// Reads the settings of one map: each by its name and type, with a default, and nothing that is not known.
///
///     var gateway = try root.section("gateway", knowing: ["host", "port"])
///     let port = try gateway.integer("port", in: 0...65_535, default: 8_787)
///
/// Every value that is read is noted in the log, with the place it came from: that is what `config show` prints.
struct SettingsReader {
    private let members: [ConfigurationTree.Member]
    private let path: [String]
    private let log: SettingsLog

    /// The whole configuration.
    init(_ tree: ConfigurationTree, knowing names: [String], log: SettingsLog) throws(ConfigurationError) {
        try self.init(tree, path: [], knowing: names, log: log)
    }

    private init(
        _ tree: ConfigurationTree?,
        path: [String],
        knowing names: [String]?,
        log: SettingsLog
    ) throws(ConfigurationError) {
        self.path = path
        self.log = log
        switch tree?.content {
        case nil, .null: members = []
        case .mapping(let present): members = present
        default:
            let message = "must be a map of settings, not \(Self.kind(of: tree))"
            throw ConfigurationError(message, path: path.isEmpty ? nil : Self.dotted(path), origin: tree?.origin)
        }
        guard let names else { return }
        for member in members where !names.contains(member.key) {
            let nearest = Suggestion.nearest(to: member.key, among: names).map { "did you mean \"\($0)\"?" }
            throw ConfigurationError(
                "unknown setting",
                path: Self.dotted(path + [nearest == nil ? RepeatedText.name(member.key) : member.key]),
                origin: member.keyOrigin,
                suggestion: nearest ?? "known here: \(names.joined(separator: ", "))"
            )
        }
    }

    /// The settings of a map below.
    ///
    /// - Parameter names: the settings there are; nil: any name.
    func section(_ name: String, knowing names: [String]?) throws(ConfigurationError) -> SettingsReader {
        try SettingsReader(tree(name), path: path + [name], knowing: names, log: log)
    }

    /// The maps of a list below.
    func sections(_ name: String, knowing names: [String]) throws(ConfigurationError) -> [SettingsReader] {
        guard let tree = tree(name), case .sequence(let elements) = try present(tree, as: "a list", name) else {
            return []
        }
        var readers: [SettingsReader] = []
        for (index, element) in elements.enumerated() {
            readers.append(try SettingsReader(element, path: path + ["\(name)[\(index)]"], knowing: names, log: log))
        }
        return readers
    }

    /// The names of all settings of this map, in their order.
    var names: [String] { members.map(\.key) }

    /// Whether a setting is there, with a value or without.
    func has(_ name: String) -> Bool { tree(name) != nil }

    /// Whether a setting is explicitly `null`.
    func isNull(_ name: String) -> Bool {
        if case .null = tree(name)?.content { true } else { false }
    }

    /// Whether a setting is a map.
    func isMap(_ name: String) -> Bool {
        if case .mapping = tree(name)?.content { true } else { false }
    }

    /// Whether a setting is a single value.
    func isText(_ name: String) -> Bool {
        if case .scalar = tree(name)?.content { true } else { false }
    }

    /// Where a setting was said.
    func origin(_ name: String) -> ConfigurationOrigin? { tree(name)?.origin }

    /// A setting is a key, and not only where one is.
    func noteKey(_ name: String) { log.noteKey(origin(name)) }

    /// An error about one setting.
    func error(_ message: String, at name: String, suggestion: String? = nil) -> ConfigurationError {
        ConfigurationError(message, path: Self.dotted(path + [name]), origin: origin(name), suggestion: suggestion)
    }
}

// MARK: - Values

extension SettingsReader {
    /// A text.
    func string(_ name: String, default fallback: String? = nil, secret: Bool = false) throws(ConfigurationError)
        -> String?
    {
        try scalar(name, "a text", default: fallback, write: { secret ? SettingsLog.masked : SettingsLog.quoted($0) }) {
            $0
        }
    }

    /// A whole number within bounds.
    func integer(_ name: String, in range: ClosedRange<Int>, default fallback: Int) throws(ConfigurationError) -> Int {
        let value = try scalar(name, "a whole number", default: fallback, write: { "\($0)" }) { Int($0) }
        guard let value, range.contains(value) else {
            throw error("must be \(range.lowerBound) to \(range.upperBound)", at: name)
        }
        return value
    }

    /// A number without sign.
    func unsigned(_ name: String, default fallback: UInt64) throws(ConfigurationError) -> UInt64 {
        try scalar(name, "a whole number", default: fallback, write: { "\($0)" }) { UInt64($0) } ?? fallback
    }

    /// `true` or `false`.
    func flag(_ name: String, default fallback: Bool) throws(ConfigurationError) -> Bool {
        try scalar(name, "true or false", default: fallback, write: { "\($0)" }) { text in
            ["true": true, "yes": true, "on": true, "false": false, "no": false, "off": false][text.lowercased()]
        } ?? fallback
    }

    /// A length of time, such as `30s`.
    func duration(_ name: String, default fallback: Duration) throws(ConfigurationError) -> Duration {
        try scalar(name, "a time such as 500ms, 30s, 2m or 1h", default: fallback, write: Measures.text) {
            Measures.duration($0)
        } ?? fallback
    }

    /// A length of time above zero.
    func positive(_ name: String, default fallback: Duration) throws(ConfigurationError) -> Duration {
        let value = try duration(name, default: fallback)
        guard value > .zero else { throw error("must be longer than nothing", at: name) }
        return value
    }

    /// A size in bytes, such as `20MB`.
    func bytes(_ name: String, default fallback: Int) throws(ConfigurationError) -> Int {
        try scalar(name, "a size such as 64KB or 20MB", default: fallback, write: { Measures.text(bytes: $0) }) {
            Measures.bytes($0)
        } ?? fallback
    }

    /// One of some words.
    func choice<Value>(
        _ name: String,
        among choices: [(String, Value)],
        default fallback: String?
    ) throws(ConfigurationError) -> Value? {
        let words = choices.map(\.0)
        let expected = "one of \(words.joined(separator: ", "))"
        let word = try scalar(name, expected, default: fallback, write: { $0 }) { words.contains($0) ? $0 : nil }
        return choices.first { $0.0 == word }?.1
    }

    /// A list of texts.
    ///
    /// - Parameter shown: how many of them `config show` prints; the rest may hold secrets.
    func strings(_ name: String, shown: Int = .max) throws(ConfigurationError) -> [String]? {
        guard let tree = tree(name) else { return nil }
        guard case .sequence(let elements) = try present(tree, as: "a list of names", name) else { return [] }
        var texts: [String] = []
        for element in elements {
            guard case .scalar(let text, _) = element.content else {
                let message = "must be a list of names, but holds \(Self.kind(of: element))"
                throw ConfigurationError(message, path: Self.dotted(path + [name]), origin: element.origin)
            }
            texts.append(text)
        }
        let words = texts.enumerated().map { $0 < shown ? SettingsLog.quoted($1) : SettingsLog.masked }
        log.note(path + [name], "[\(words.joined(separator: ", "))]", tree.origin)
        return texts
    }

    private func scalar<Value>(
        _ name: String,
        _ expected: String,
        default fallback: Value?,
        write: (Value) -> String,
        read: (String) -> Value?
    ) throws(ConfigurationError) -> Value? {
        let here = path + [name]
        guard let tree = tree(name) else {
            if let fallback { log.note(here, write(fallback), nil) }
            return fallback
        }
        if case .null = tree.content {
            throw error("has no value", at: name, suggestion: "write \(expected), or remove the line")
        }
        guard case .scalar(let text, _) = tree.content else {
            throw error("must be \(expected), not \(Self.kind(of: tree))", at: name)
        }
        guard let value = read(text) else {
            throw error("must be \(expected), not \(RepeatedText.value(text))", at: name)
        }
        log.note(here, write(value), tree.origin)
        return value
    }

    private func present(
        _ tree: ConfigurationTree,
        as expected: String,
        _ name: String
    ) throws(ConfigurationError) -> ConfigurationTree.Content {
        switch tree.content {
        case .sequence, .null: return tree.content
        default: throw error("must be \(expected), not \(Self.kind(of: tree))", at: name)
        }
    }

    private func tree(_ name: String) -> ConfigurationTree? {
        members.first { $0.key == name }?.value
    }

    private static func dotted(_ path: [String]) -> String { path.joined(separator: ".") }

    private static func kind(of tree: ConfigurationTree?) -> String {
        switch tree?.content {
        case nil, .null: "nothing"
        case .scalar(let text, _): RepeatedText.value(text)
        case .sequence: "a list"
        case .mapping: "a map"
        }
    }
}
