/// A member's name and value in one call.
extension JSONWriter {
    /// A member with a string.
    public mutating func field(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    /// A member with an integer.
    public mutating func field(_ name: String, _ value: Int) {
        key(name)
        int(value)
    }

    /// A member with a number.
    public mutating func field(_ name: String, _ value: Double) {
        key(name)
        double(value)
    }

    /// A member with `true` or `false`.
    public mutating func field(_ name: String, _ value: Bool) {
        key(name)
        bool(value)
    }

    /// A member with a value of some document.
    public mutating func field(_ name: String, _ value: JSONValue) {
        key(name)
        raw(value)
    }

    /// A member with a fragment.
    public mutating func field(_ name: String, _ value: JSONFragment) {
        key(name)
        fragment(value)
    }
}
