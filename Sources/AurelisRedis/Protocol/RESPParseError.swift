/// Why bytes are no RESP reply. Nothing after them can be trusted.
package struct RESPParseError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, without the bytes: they may be someone's data.
    package let description: String

    static let unknownType = Self(description: "unknown reply type")
    static let lineTooLong = Self(description: "a line is too long")
    static let lineBreak = Self(description: "a line or string does not end with CR LF")
    static let number = Self(description: "not a number")
    static let boolean = Self(description: "not a truth value")
    static let verbatim = Self(description: "verbatim string without a format")
    static let length = Self(description: "invalid length")
    static let tooLarge = Self(description: "a reply is larger than allowed")
    static let tooDeep = Self(description: "a reply is nested deeper than allowed")
    static let nestedPush = Self(description: "a push message inside a reply")
}
