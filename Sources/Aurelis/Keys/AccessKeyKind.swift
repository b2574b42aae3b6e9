/// What a key of Aurelis's own opens. One never opens what the other does.
package enum AccessKeyKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Models, for clients of the gateway.
    case gateway
    /// The control plane, for operators.
    case admin

    /// How its text begins: known to whoever looks for lost secrets.
    package var prefix: StaticString {
        switch self {
        case .gateway: "aurelis_"
        case .admin: "aurelisadmin_"
        }
    }
}
