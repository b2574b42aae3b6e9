internal import AurelisJSON

/// What the command line of a tool is, as ArgumentParser dumps it.
struct ToolDescription {
    let command: Command

    struct Command {
        var name: String
        var abstract: String
        var discussion: String
        var arguments: [Argument]
        var subcommands: [Command]
    }

    struct Argument {
        enum Kind: String { case positional, option, flag }
        var kind: Kind
        /// With their dashes, the short ones first.
        var names: [String]
        var valueName: String
        var help: String
        var defaultValue: String?
        /// What it takes, where that is one of a few words.
        var values: [String]
        var isOptional: Bool
        var isRepeating: Bool
    }

    init(json text: String) throws {
        let document = try JSONDocument(text)
        command = Command(document["command"])
    }
}

extension ToolDescription.Command {
    fileprivate init(_ value: JSONValue?) {
        name = value?["commandName"]?.string ?? ""
        abstract = value?["abstract"]?.string ?? ""
        discussion = value?["discussion"]?.string ?? ""
        arguments = (value?["arguments"]?.elements).map { $0.compactMap(ToolDescription.Argument.init) } ?? []
        subcommands =
            (value?["subcommands"]?.elements).map { elements in
                elements.filter { $0["shouldDisplay"]?.bool ?? true }.map { Self($0) }.filter { $0.name != "help" }
            } ?? []
    }
}

extension ToolDescription.Argument {
    fileprivate init?(_ value: JSONValue) {
        guard value["shouldDisplay"]?.bool != false, let kind = value["kind"]?.string.flatMap(Kind.init) else {
            return nil
        }
        self.kind = kind
        let all = (value["names"]?.elements).map { $0.compactMap(Self.name) } ?? []
        names = all.filter { !$0.hasPrefix("--") } + all.filter { $0.hasPrefix("--") }
        valueName = value["valueName"]?.string ?? ""
        help = value["abstract"]?.string ?? ""
        defaultValue = value["defaultValue"]?.string
        values = (value["allValues"]?.elements).map { $0.compactMap(\.string) } ?? []
        isOptional = value["isOptional"]?.bool ?? false
        isRepeating = value["isRepeating"]?.bool ?? false
    }

    private static func name(_ value: JSONValue) -> String? {
        guard let name = value["name"]?.string else { return nil }
        return value["kind"]?.string == "long" ? "--\(name)" : "-\(name)"
    }
}
