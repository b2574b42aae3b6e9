internal import Aurelis
internal import AurelisJSON

extension PromptFile {
    private static let known = [
        "name", "description", "model", "modelParameters", "messages", "responseFormat", "jsonSchema", "testData",
        "evaluators",
    ]
    private static let maximumMessages = 200

    /// Reads a file.
    ///
    /// - Throws: what is wrong, with the file, the line and the path.
    package static func reading(_ path: String) throws(ConfigurationError) -> PromptFile {
        try PromptFile(path: path, try ConfigurationTree.reading(file: path))
    }

    /// Reads the text of a file.
    package static func parsing(_ text: String, path: String) throws(ConfigurationError) -> PromptFile {
        try PromptFile(path: path, try ConfigurationTree.parsing(text, file: path))
    }

    private init(path: String, _ tree: ConfigurationTree) throws(ConfigurationError) {
        self.init(path: path)
        var schema: ConfigurationTree?
        var format: ConfigurationTree?
        for member in tree.members {
            let value = member.value
            switch member.key {
            case "name": name = try value.promptText("name")
            case "description": about = try value.promptText("description")
            case "model": model = try value.promptText("model")
            case "modelParameters": try readParameters(value)
            case "messages": try readMessages(value)
            case "responseFormat": format = value
            case "jsonSchema": schema = value
            case "testData", "evaluators":
                warn(member, "\(member.key) is for evaluations, which Aurelis does not run; it is not looked at")
            default: warnUnknown(member, among: Self.known)
            }
        }
        guard !templates.isEmpty else {
            throw ConfigurationError(
                "has no messages",
                path: "messages",
                origin: tree.origin,
                suggestion: "messages: [{ role: user, content: \"{{input}}\" }]"
            )
        }
        try readFormat(format, schema)
    }

    private mutating func warn(_ member: ConfigurationTree.Member, _ text: String) {
        warnings.append("\(member.keyOrigin): \(text)")
    }

    private mutating func warnUnknown(_ member: ConfigurationTree.Member, among names: [String]) {
        let nearest = Suggestion.nearest(to: member.key, among: names).map { "; did you mean \($0)?" } ?? ""
        warn(member, "\(member.key) means nothing in a prompt file\(nearest)")
    }

    private mutating func readParameters(_ tree: ConfigurationTree) throws(ConfigurationError) {
        for member in tree.members {
            let (path, value) = ("modelParameters.\(member.key)", member.value)
            switch member.key {
            case "temperature": temperature = try value.promptNumber(path, in: 0...2)
            case "topP", "top_p": topP = try value.promptNumber(path, in: 0...1)
            case "maxTokens", "max_tokens", "maxCompletionTokens", "max_completion_tokens":
                maxTokens = try value.promptInteger(path, in: 1...100_000_000)
            case "seed": seed = try value.promptInteger(path, in: Int.min...Int.max)
            case "stop":
                guard case .sequence(let elements) = value.content else {
                    stop = [try value.promptText(path)]
                    continue
                }
                stop = []
                for element in elements { stop.append(try element.promptText(path)) }
            default: warnUnknown(member, among: ["temperature", "topP", "maxTokens", "seed", "stop"])
            }
        }
    }

    private mutating func readMessages(_ tree: ConfigurationTree) throws(ConfigurationError) {
        guard case .sequence(let elements) = tree.content, elements.count <= Self.maximumMessages else {
            throw ConfigurationError(
                "must be a list of at most \(Self.maximumMessages) messages",
                path: "messages",
                origin: tree.origin
            )
        }
        for (index, element) in elements.enumerated() {
            let path = "messages[\(index)]"
            var role: Message.Role?
            var text: ConfigurationTree?
            for member in element.members {
                switch member.key {
                case "role":
                    let name = try member.value.promptText("\(path).role")
                    guard let known = Message.Role(rawValue: name), known != .tool else {
                        throw ConfigurationError(
                            "must be system, developer, user or assistant, not \"\(name.prefix(40))\"",
                            path: "\(path).role",
                            origin: member.value.origin
                        )
                    }
                    role = known
                case "content": text = member.value
                default: warnUnknown(member, among: ["role", "content"])
                }
            }
            guard let role, let text else {
                throw ConfigurationError("needs a role and a content", path: path, origin: element.origin)
            }
            let template = PromptTemplate(try text.promptText("\(path).content"))
            templates.append(Template(role: role, text: template, origin: text.origin))
        }
    }

    private mutating func readFormat(
        _ format: ConfigurationTree?,
        _ schema: ConfigurationTree?
    ) throws(ConfigurationError) {
        let word = try format?.promptText("responseFormat")
        switch word {
        case nil where schema == nil: return
        case "text": responseFormat = .text
        case "json_object": responseFormat = .jsonObject
        case nil, "json_schema":
            guard let schema else {
                throw ConfigurationError("is missing", path: "jsonSchema", origin: format?.origin)
            }
            responseFormat = try Self.schema(schema, name: name)
            return
        default:
            throw ConfigurationError(
                "must be text, json_object or json_schema, not \"\(word?.prefix(40) ?? "")\"",
                path: "responseFormat",
                origin: format?.origin
            )
        }
        if let schema { warnings.append("\(schema.origin): jsonSchema is for responseFormat: json_schema") }
    }

    /// A schema with its name around it, as GitHub writes it, or the bare schema; as YAML, or as JSON in a text.
    private static func schema(_ tree: ConfigurationTree, name: String?) throws(ConfigurationError) -> ResponseFormat {
        let bytes: [UInt8]
        if case .scalar(let text, _) = tree.content { bytes = Array(text.utf8) } else { bytes = tree.json.bytes }
        let document: JSONDocument
        do { document = try JSONDocument(bytes) } catch {
            throw ConfigurationError("is no JSON: \(error)", path: "jsonSchema", origin: tree.origin)
        }
        guard document.root.kind == .object else {
            throw ConfigurationError("must be a JSON object", path: "jsonSchema", origin: tree.origin)
        }
        let wrapped = document["schema"].flatMap { $0.kind == .object ? $0 : nil }
        return .jsonSchema(
            name: Self.schemaName(document["name"]?.string ?? name ?? "answer"),
            schema: .raw(wrapped ?? document.root),
            strict: wrapped == nil ? true : document["strict"]?.bool ?? true
        )
    }

    /// What the platforms take as a name.
    private static func schemaName(_ text: String) -> String {
        let name = text.unicodeScalars.prefix(64).map { scalar -> Character in
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            return isPlain || scalar == "-" ? Character(scalar) : "_"
        }
        return name.isEmpty ? "answer" : String(name)
    }
}

extension ConfigurationTree {
    /// The members of a map; none of anything else.
    var members: [Member] {
        if case .mapping(let members) = content { members } else { [] }
    }

    fileprivate func promptText(_ path: String) throws(ConfigurationError) -> String {
        guard case .scalar(let text, _) = content else {
            throw ConfigurationError("must be a text", path: path, origin: origin)
        }
        return text
    }

    fileprivate func promptNumber(_ path: String, in range: ClosedRange<Double>) throws(ConfigurationError) -> Double {
        guard let number = Double(try promptText(path)), range.contains(number) else {
            let (least, most) = (Int(range.lowerBound), Int(range.upperBound))
            throw ConfigurationError("must be a number from \(least) to \(most)", path: path, origin: origin)
        }
        return number
    }

    fileprivate func promptInteger(_ path: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int {
        guard let number = Int(try promptText(path)), range.contains(number) else {
            let least = range.lowerBound > 0 ? " from \(range.lowerBound) on" : ""
            throw ConfigurationError("must be a whole number\(least)", path: path, origin: origin)
        }
        return number
    }

    /// The value as JSON: what YAML means by its plain words is meant here too.
    var json: JSONFragment {
        switch content {
        case .null: .null
        case .sequence(let elements): .array(elements.map(\.json))
        case .mapping(let members): .object(members.map { ($0.key, $0.value.json) })
        case .scalar(let text, let isPlain):
            if !isPlain {
                .string(text)
            } else if let int = Int(text) {
                .int(int)
            } else {
                switch text {
                case "true", "True", "TRUE": .bool(true)
                case "false", "False", "FALSE": .bool(false)
                default: Double(text).flatMap { $0.isFinite ? .double($0) : nil } ?? .string(text)
                }
            }
        }
    }
}
