internal import AurelisJSON

/// Where bytes of a JSON text lie, asked for in their order: `messages[0].content`; what cannot be a name shows as `?`.
///
///     var places = JSONPlaces(document.root)
///     places.place(of: 57)      // messages[0].content
///
/// Every member and every element is passed once, however many bytes are asked for: a request may hold thousands of
/// secrets.
struct JSONPlaces {
    /// An object or an array on the way to the byte, and the part of it that was last looked at.
    private struct Level {
        let path: String
        let end: Int
        private var members: JSONMembers.Iterator?
        private var elements: JSONElements.Iterator?
        private var index = -1
        private var key = ""
        private(set) var value: JSONValue?
        /// The path of `value`, once somebody has asked for it.
        private var known: String?

        init?(_ container: JSONValue, path: String) {
            switch container.kind {
            case .object: members = container.members.makeIterator()
            case .array: elements = container.elements.makeIterator()
            default: return nil
            }
            self.path = path
            end = container.raw.endIndex
        }

        var isObject: Bool { members != nil }

        mutating func advance() {
            known = nil
            index += 1
            if let next = members?.next() {
                (key, value) = (next.key, next.value)
            } else {
                value = elements?.next()
            }
        }

        mutating func pathOfValue() -> String {
            if let known { return known }
            let step = isObject ? (path.isEmpty ? "" : ".") + JSONPlaces.presentable(key) : "[\(index)]"
            known = path + step
            return path + step
        }
    }

    private var levels: [Level] = []
    /// How many members and elements were passed, for the test that this is linear.
    private(set) var steps = 0

    /// - Parameter root: of the text in which places are asked for.
    init(_ root: JSONValue) {
        if let level = Level(root, path: "") { start(level) }
    }

    /// Where a byte lies; none that lies before one that was asked for.
    mutating func place(of offset: Int) -> String {
        while levels.count > 1, let top = levels.last, top.end <= offset { levels.removeLast() }
        while !levels.isEmpty {
            let top = levels.count - 1
            while let value = levels[top].value, value.raw.endIndex <= offset { advance(top) }
            guard let value = levels[top].value else { return named(levels[top].path) }
            let path = levels[top].pathOfValue()
            if levels[top].isObject, offset < value.raw.startIndex { return path + " (its name)" }
            guard let level = Level(value, path: path) else { return path }
            start(level)
        }
        return named("")
    }

    private mutating func start(_ level: Level) {
        levels.append(level)
        advance(levels.count - 1)
    }

    private mutating func advance(_ level: Int) {
        steps += 1
        levels[level].advance()
    }

    private func named(_ path: String) -> String { path.isEmpty ? "body" : path }

    /// A name that a caller has chosen may itself be a secret, or a page long.
    private static func presentable(_ key: String) -> String {
        let isPlain = key.utf8.allSatisfy { byte in
            byte.isDigit || byte.folded.isSmall || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
        }
        return isPlain && (1...40).contains(key.utf8.count) && SecretDetector().findings(in: key).isEmpty ? key : "?"
    }
}
