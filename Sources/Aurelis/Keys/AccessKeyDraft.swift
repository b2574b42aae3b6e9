/// A key that is to be made.
package struct AccessKeyDraft: Sendable, Hashable {
    /// What a person calls it.
    package var name: String
    /// What it opens.
    package var kind = AccessKeyKind.gateway
    /// What it is for.
    package var scope = AccessScope()
    /// How much it may use.
    package var limits = AccessLimits()
    /// How long it is good; nil: for ever.
    package var lifetime: Duration?

    /// A draft.
    package init(name: String, kind: AccessKeyKind = .gateway) {
        self.name = name
        self.kind = kind
    }
}

/// Why a key cannot be made or changed.
package enum AccessKeyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// There is no such key; those there are.
    case unknown(String, [String])
    /// A key in use is called so.
    case nameTaken(String)
    /// It has expired, or was revoked.
    case notUsable(String)
    /// There are too many.
    case tooMany

    /// For people.
    package var description: String {
        switch self {
        case .unknown(let name, let others) where others.isEmpty: "there is no key \"\(name)\", nor any other"
        case .unknown(let name, let others): "there is no key \"\(name)\"; there is: \(Self.list(others))"
        case .nameTaken(let name): "there is already a key \"\(name)\""
        case .notUsable(let id): "the key \(id) has expired or was revoked"
        case .tooMany: "there are already \(AccessKeyBook.maximumKeys) keys"
        }
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
    }
}
