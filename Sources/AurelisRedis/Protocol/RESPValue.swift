/// One reply of a Redis server, of either protocol version.
package enum RESPValue: Sendable, Hashable {
    /// No value: `_`, `$-1` or `*-1` on the wire.
    case null
    /// A short status text such as `OK`.
    case simple(String)
    /// The server refused or failed a command.
    case error(RESPErrorReply)
    /// A 64-bit integer.
    case integer(Int64)
    /// A floating-point number.
    case double(Double)
    /// A truth value.
    case boolean(Bool)
    /// An integer of any size, in decimal digits.
    case bigNumber(String)
    /// Bytes.
    case bulk([UInt8])
    /// Text with a three-letter format such as `txt` or `mkd`.
    case verbatim(format: String, [UInt8])
    /// An ordered sequence.
    case array([RESPValue])
    /// Keys and values in the server's order.
    case map([RESPMapEntry])
    /// An unordered collection.
    case set([RESPValue])
    /// Something the server says without being asked.
    case push([RESPValue])
}

/// A key and its value in a `RESPValue.map`.
package struct RESPMapEntry: Sendable, Hashable {
    /// The key.
    package var key: RESPValue
    /// The value.
    package var value: RESPValue

    /// An entry.
    package init(key: RESPValue, value: RESPValue) {
        self.key = key
        self.value = value
    }
}

/// A server's error reply: `-WRONGTYPE Operation against a key ...`.
package struct RESPErrorReply: Sendable, Hashable {
    /// The whole text.
    package var text: String

    /// An error reply with that text.
    package init(_ text: String) { self.text = text }

    /// The first word, which names the kind: `ERR`, `WRONGTYPE`, `MOVED`.
    package var kind: String { String(text.prefix { $0 != " " }) }
}

extension RESPValue {
    /// The bytes of a text or binary reply.
    package var bytes: [UInt8]? {
        switch self {
        case .bulk(let bytes), .verbatim(_, let bytes): bytes
        case .simple(let text), .bigNumber(let text): Array(text.utf8)
        default: nil
        }
    }

    /// The text of a text or binary reply; invalid UTF-8 is repaired.
    package var string: String? {
        switch self {
        case .simple(let text), .bigNumber(let text): text
        case .bulk(let bytes), .verbatim(_, let bytes): String(decoding: bytes, as: UTF8.self)
        default: nil
        }
    }

    /// The elements of a sequence of any kind.
    package var elements: [RESPValue]? {
        switch self {
        case .array(let elements), .set(let elements), .push(let elements): elements
        default: nil
        }
    }
}
