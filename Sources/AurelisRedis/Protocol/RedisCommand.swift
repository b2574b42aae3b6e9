/// A command with its arguments, all of them binary safe.
///
///     RedisCommand("SET", key: "greeting", "hello", "PX", 500)
///     RedisCommand("PING")
package struct RedisCommand: Sendable, Hashable {
    /// The name, the key if there is one, and the other arguments.
    package let arguments: [RedisArgument]
    /// The key that decides which node of a cluster is asked.
    package let key: RedisArgument?

    /// A command about a key.
    package init(_ name: String, key: RedisArgument, _ arguments: RedisArgument...) {
        self.init(name, [key] + arguments, key: key)
    }

    /// A command about no key.
    package init(_ name: String, _ arguments: RedisArgument...) {
        self.init(name, arguments)
    }

    /// A command with arguments that were collected before; `key` must be among them.
    package init(_ name: String, _ arguments: [RedisArgument], key: RedisArgument? = nil) {
        self.arguments = [RedisArgument(name)] + arguments
        self.key = key
    }
}

extension RedisCommand: CustomStringConvertible, CustomReflectable {
    /// The name alone: arguments are data, or passwords.
    package var description: String { arguments.first.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "" }

    /// Hides the arguments from `dump`.
    package var customMirror: Mirror { Mirror(self, children: ["name": description]) }
}

/// One argument of a command: bytes.
package struct RedisArgument: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    /// The bytes as they go on the wire.
    package let bytes: [UInt8]

    /// Bytes as they are.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Text in UTF-8.
    package init(_ text: String) { bytes = Array(text.utf8) }

    /// A number in decimal digits.
    package init(_ number: Int64) { self.init(String(number)) }

    /// Text in UTF-8.
    package init(stringLiteral text: String) { self.init(text) }

    /// A number in decimal digits.
    package init(integerLiteral number: Int64) { self.init(number) }
}
