import NIOHTTP1

/// Header fields in the order they are sent or were received; names are compared without regard to case.
///
///     var headers: HTTPHeaderList = ["content-type": "application/json"]
///     headers.append("authorization", "Bearer ...")
///     headers["Content-Type"]  // "application/json"
package struct HTTPHeaderList: Sendable {
    // Kept in NIO's own form, so that neither a request nor a response copies its fields on the way.
    var storage: HTTPHeaders

    init(storage: HTTPHeaders) {
        self.storage = storage
    }

    /// A list of name and value pairs.
    package init(_ fields: [(String, String)] = []) {
        self.storage = HTTPHeaders(fields)
    }

    /// How many fields there are.
    package var count: Int { storage.count }

    /// Whether there is none.
    package var isEmpty: Bool { storage.isEmpty }

    /// The first value of a field; setting replaces all values, nil removes them.
    package subscript(name: String) -> String? {
        get { storage.first(name: name) }
        set {
            storage.remove(name: name)
            if let newValue { append(name, newValue) }
        }
    }

    /// The first value of a field.
    package func first(_ name: String) -> String? {
        storage.first(name: name)
    }

    /// All values of a field, each as received.
    package func values(_ name: String) -> [String] {
        storage[name]
    }

    /// Whether a field is there.
    package func contains(_ name: String) -> Bool {
        storage.contains(name: name)
    }

    /// Adds a field behind the others.
    package mutating func append(_ name: String, _ value: String) {
        if name.utf8.allSatisfy({ $0 < 0x80 }) {
            storage.add(name: name, value: value)
        } else {
            // NIO traps on such a name; here it is kept, for `send` to refuse.
            storage = HTTPHeaders(Array(storage) + [(name, value)])
        }
    }

    /// Removes all values of a field.
    package mutating func remove(_ name: String) {
        storage.remove(name: name)
    }
}

extension HTTPHeaderList: ExpressibleByDictionaryLiteral {
    /// A list written as a dictionary; repeated names are kept.
    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements)
    }
}

extension HTTPHeaderList: Sequence {
    /// The fields in order.
    package func makeIterator() -> some IteratorProtocol<(name: String, value: String)> {
        storage.makeIterator()
    }
}
