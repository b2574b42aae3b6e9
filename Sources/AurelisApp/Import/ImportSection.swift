/// A map of somebody else's configuration: what is taken out of it is understood, and what is left over is told.
///
///     var router = ImportSection(tree, path: "router_settings")
///     let timeout = router.takeText("timeout")
///     notes += router.rest()                       // everything else, each with its line
struct ImportSection {
    let path: String
    private var members: [ConfigurationTree.Member]

    init(_ tree: ConfigurationTree?, path: String) {
        self.path = path
        members = tree?.merged ?? []
    }

    var isEmpty: Bool { members.isEmpty }

    /// Takes a value out, whatever it is; `null` is as good as nothing.
    mutating func take(_ name: String) -> ConfigurationTree? {
        guard let index = members.firstIndex(where: { $0.key == name }) else { return nil }
        let value = members.remove(at: index).value
        if case .null = value.content { return nil }
        return value
    }

    /// Takes a text or a number out.
    mutating func takeText(_ name: String) -> String? {
        guard let index = members.firstIndex(where: { $0.key == name }),
            case .scalar(let text, _) = members[index].value.content
        else { return nil }
        members.remove(at: index)
        return text
    }

    mutating func takeFlag(_ name: String) -> Bool? {
        guard let text = takeText(name)?.lowercased() else { return nil }
        return ["true", "yes", "on", "1"].contains(text)
    }

    /// Takes a whole number above zero out; what is none stays, and is told.
    mutating func takeCount(_ name: String) -> Int? {
        guard let index = members.firstIndex(where: { $0.key == name }),
            case .scalar(let text, _) = members[index].value.content,
            let number = Int(text) ?? Double(text).flatMap({ Int(exactly: $0.rounded()) }), number > 0,
            number <= 1_000_000_000
        else { return nil }
        members.remove(at: index)
        return number
    }

    /// What nobody took, each with where it stands and why it is not taken over.
    func rest(_ reasons: [String: String] = [:]) -> [ImportNote] {
        members.map { member in
            ImportNote(
                member.keyOrigin,
                (path.isEmpty ? "" : path + ".") + member.key + Self.shown(member),
                reasons[member.key] ?? "has no counterpart"
            )
        }
    }

    /// A value that can be shown: a plain word or number of something that is no credential.
    private static func shown(_ member: ConfigurationTree.Member) -> String {
        guard case .scalar(let text, _) = member.value.content, text.utf8.count <= 32 else { return "" }
        let name = member.key.lowercased()
        let secret = ["key", "pass", "secret", "token", "cred", "url", "uri", "dsn", "hook", "base", "host", "auth"]
        guard !secret.contains(where: name.contains) else { return "" }
        let isPlain = text.utf8.allSatisfy { byte in
            let letter = (byte | 0x20) &- UInt8(ascii: "a") < 26
            return letter || byte &- UInt8(ascii: "0") < 10 || [0x2D, 0x2E, 0x5F].contains(byte)
        }
        return isPlain ? ": \(text)" : ""
    }
}

/// Something of an imported file that is otherwise here, and why.
struct ImportNote: Hashable, Sendable {
    var line: Int
    var subject: String
    var text: String

    init(_ origin: ConfigurationOrigin?, _ subject: String, _ text: String) {
        if case .file(_, let line, _) = origin { self.line = line } else { line = 0 }
        self.subject = subject
        self.text = text
    }
}

extension ConfigurationTree {
    /// The members of a map, with those of the maps that it is merged with (`<<`).
    var merged: [Member] {
        var own = members.filter { $0.key != "<<" }
        for merge in members where merge.key == "<<" {
            var maps = [merge.value]
            if case .sequence(let several) = merge.value.content { maps = several }
            for member in maps.flatMap(\.merged) where !own.contains(where: { $0.key == member.key }) {
                own.append(member)
            }
        }
        return own
    }

    /// The elements of a list; a single value is a list of one.
    var list: [ConfigurationTree] {
        switch content {
        case .sequence(let elements): elements
        case .null: []
        default: [self]
        }
    }

    /// The text of a single value.
    var text: String? {
        if case .scalar(let text, _) = content { text } else { nil }
    }
}
