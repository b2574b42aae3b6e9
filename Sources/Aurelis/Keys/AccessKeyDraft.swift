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
    /// What becomes of its requests that hold credentials, where that is stricter than the configuration.
    package var secrets: SecretPolicy?
    /// How long it is good; nil: for ever.
    package var lifetime: Duration?

    /// A draft.
    package init(name: String, kind: AccessKeyKind = .gateway) {
        self.name = name
        self.kind = kind
    }

    /// Whether it says nothing of models, as one for operators must.
    package var asksNothing: Bool { scope.isEmpty && limits == AccessLimits() && secrets == nil }

    /// Why a person cannot call a key so; nil: they can.
    package static func refusal(ofName name: String) -> String? {
        if AccessKeyToken.kind(of: name) != nil { return "this is a key, not a name for one" }
        let isName =
            (1...64).contains(name.count) && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        return isName ? nil : "a key's name has 1 to 64 characters"
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
    /// Without it nobody could steer over HTTP any more.
    case lastAdminKey(String)

    /// For people.
    package var description: String {
        switch self {
        case .unknown(let name, let others) where others.isEmpty: "there is no key \"\(name)\", nor any other"
        case .unknown(let name, let others): "there is no key \"\(name)\"; there is: \(Self.list(others))"
        case .nameTaken(let name): "there is already a key \"\(name)\""
        case .notUsable(let id): "the key \(id) has expired or was revoked"
        case .tooMany: "there are already \(AccessKeyBook.maximumKeys) keys"
        case .lastAdminKey(let name):
            "\(name) is the last admin key: nobody could steer without it; make another first, or `aurelis keys revoke` it"
        }
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
    }
}
