/// The six kinds of JSON values.
public enum JSONKind: String, Sendable, Hashable, CaseIterable {
    /// `{...}`
    case object
    /// `[...]`
    case array
    /// `"..."`
    case string
    /// `-1.5e3`
    case number
    /// `true` or `false`
    case bool
    /// `null`
    case null
}
