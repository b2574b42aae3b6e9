/// A credential in a text: what it is and where, never what it says.
public struct SecretFinding: Sendable, Hashable {
    /// What kind of credential it is.
    public let kind: SecretKind
    /// Where it is, in bytes of UTF-8.
    public let range: Range<Int>

    init(kind: SecretKind, range: Range<Int>) {
        self.kind = kind
        self.range = range
    }
}
