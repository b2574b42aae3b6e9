internal import AurelisStorage
internal import Foundation
internal import Yams

extension ConfigurationTree {
    /// No configuration is longer.
    private static let maximumBytes = 1 << 20
    /// No configuration has more values; aliases that repeat each other reach it at once.
    private static let maximumValues = 20_000
    private static let maximumDepth = 32

    /// Reads a YAML file.
    ///
    /// - Throws: with line and column, when it cannot be read, is no YAML, or is out of all proportion.
    static func reading(file path: String) throws(ConfigurationError) -> ConfigurationTree {
        let origin = ConfigurationOrigin.file(path, line: 1, column: 1)
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
            throw ConfigurationError("\(path) is a directory, not a configuration file")
        }
        if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path),
            !FileManager.default.fileExists(atPath: path)
        {
            throw ConfigurationError("\(path) is a link to \(target), which is not there")
        }
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            data = try handle.read(upToCount: maximumBytes + 1) ?? Data()
        } catch {
            throw ConfigurationError("\(path) cannot be read: \(FileReason.words(error))")
        }
        guard data.count <= maximumBytes else {
            throw ConfigurationError("is larger than \(maximumBytes >> 20) MB", origin: origin)
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ConfigurationError("is not valid UTF-8", origin: origin)
        }
        return try parsing(text, file: path)
    }

    /// Reads YAML text.
    static func parsing(_ text: String, file: String) throws(ConfigurationError) -> ConfigurationTree {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw ConfigurationError(yaml: error, file: file)
        } catch {
            throw ConfigurationError("is no YAML: \(error)", origin: .file(file, line: 1, column: 1))
        }
        guard let node else { return ConfigurationTree(.mapping([]), .file(file, line: 1, column: 1)) }
        var values = 0
        let tree = try ConfigurationTree(node, file: file, depth: 0, values: &values)
        switch tree.content {
        case .mapping, .null: return tree
        case .scalar, .sequence:
            throw ConfigurationError(
                "the file must be a map of settings, such as `gateway: { port: 8787 }`",
                origin: tree.origin
            )
        }
    }

    private init(_ node: Node, file: String, depth: Int, values: inout Int) throws(ConfigurationError) {
        origin = .file(file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        values += 1
        guard values <= Self.maximumValues, depth <= Self.maximumDepth else {
            throw ConfigurationError("has too many values, or they lie too deep", origin: origin)
        }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            let isNull = isPlain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            content = isNull ? .null : .scalar(scalar.string, isPlain: isPlain)
        case .sequence(let sequence):
            var elements: [ConfigurationTree] = []
            for element in sequence {
                elements.append(try ConfigurationTree(element, file: file, depth: depth + 1, values: &values))
            }
            content = .sequence(elements)
        case .mapping(let mapping):
            var members: [Member] = []
            for (key, value) in mapping {
                let keyOrigin = ConfigurationOrigin.file(file, line: key.mark?.line ?? 1, column: key.mark?.column ?? 1)
                guard let name = key.scalar?.string else {
                    throw ConfigurationError("a setting's name must be plain text", origin: keyOrigin)
                }
                let tree = try ConfigurationTree(value, file: file, depth: depth + 1, values: &values)
                members.append(Member(key: name, keyOrigin: keyOrigin, value: tree))
            }
            content = .mapping(members)
        case .alias:
            throw ConfigurationError("aliases are not supported here", origin: origin)
        }
    }
}

extension ConfigurationError {
    fileprivate init(yaml error: YamlError, file: String) {
        func at(_ mark: Mark?) -> ConfigurationOrigin { .file(file, line: mark?.line ?? 1, column: mark?.column ?? 1) }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init("is no YAML: \(problem)", origin: at(mark))
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map { RepeatedText.value("\($0)") }.joined(separator: ", ")
            self.init("says \(names) twice", origin: at(context.mark), suggestion: "keep one of them")
        case .reader(let problem, _, _, _):
            self.init("is no YAML: \(problem)", origin: at(nil))
        default:
            self.init("is no YAML: \(error)", origin: at(nil))
        }
    }
}
