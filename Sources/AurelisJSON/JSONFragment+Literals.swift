extension JSONFragment: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
}

extension JSONFragment: ExpressibleByIntegerLiteral {
    /// An integer.
    public init(integerLiteral value: Int) { self = .int(value) }
}

extension JSONFragment: ExpressibleByFloatLiteral {
    /// A number.
    public init(floatLiteral value: Double) { self = .double(value) }
}

extension JSONFragment: ExpressibleByBooleanLiteral {
    /// `true` or `false`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONFragment: ExpressibleByNilLiteral {
    /// `null`
    public init(nilLiteral: ()) { self = .null }
}

extension JSONFragment: ExpressibleByArrayLiteral {
    /// An array.
    public init(arrayLiteral elements: JSONFragment...) { self = .array(elements) }
}

extension JSONFragment: ExpressibleByDictionaryLiteral {
    /// An object with its members in the order of the source.
    public init(dictionaryLiteral elements: (String, JSONFragment)...) { self = .object(elements) }
}
