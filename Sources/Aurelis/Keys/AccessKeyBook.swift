/// All keys of a data directory, and what may be done to them: a state without I/O.
///
///     var book = AccessKeyBook()
///     let (key, text) = try book.create(AccessKeyDraft(name: "ci"), at: now, using: &random)
///     try book.revoke("ci", at: later)
///
/// A key is never forgotten: its public name would otherwise be given to somebody else, with its answers and its use.
package struct AccessKeyBook: Sendable, Hashable {
    /// In the order in which they were made.
    package private(set) var keys: [AccessKey] = []

    /// More keys than this are nobody's wish.
    package static let maximumKeys = 10_000

    /// No keys.
    package init() {}

    /// The key of a public name, or else the last one that was called so.
    package subscript(name: String) -> AccessKey? { index(of: name).map { keys[$0] } }

    /// Whether a key of a kind opens anything at a time.
    package func hasUsable(_ kind: AccessKeyKind, at now: Int64) -> Bool {
        keys.contains { $0.kind == kind && $0.isUsable(at: now) }
    }

    /// Whether a key is the only one left that opens the control plane.
    package func isLastAdminKey(_ key: AccessKey, at now: Int64) -> Bool {
        key.kind == .admin && key.isUsable(at: now)
            && !keys.contains { $0.kind == .admin && $0.id != key.id && $0.isUsable(at: now) }
    }

    /// Makes a key.
    ///
    /// - Returns: the key, and its text, which is nowhere else.
    package mutating func create(
        _ draft: AccessKeyDraft,
        at now: Int64,
        using random: inout some RandomNumberGenerator
    ) throws(AccessKeyError) -> (key: AccessKey, text: String) {
        guard keys.count < Self.maximumKeys else { throw .tooMany }
        guard !keys.contains(where: { $0.name == draft.name && $0.isUsable(at: now) }) else {
            throw .nameTaken(draft.name)
        }
        let id = freeID(for: draft.name)
        let (text, token) = AccessKeyToken.make(draft.kind, id: id, using: &random)
        var key = AccessKey(id: id, name: draft.name, kind: draft.kind, secret: token.digest, created: now)
        key.scope = draft.scope
        key.limits = draft.limits
        key.secrets = draft.secrets
        key.expires = draft.lifetime.map { now + $0.milliseconds }
        keys.append(key)
        return (key, text)
    }

    /// Ends a key for good, with the secret before its present one.
    @discardableResult
    package mutating func revoke(_ name: String, at now: Int64) throws(AccessKeyError) -> AccessKey {
        let index = try found(name)
        keys[index].revoked = keys[index].revoked ?? now
        keys[index].rotatedFrom = nil
        return keys[index]
    }

    /// Gives a key a new secret; everything else stays.
    ///
    /// - Parameter grace: how long the present secret is good beside the new one. The one before that ends now.
    /// - Returns: the key, and its text, which is nowhere else.
    package mutating func rotate(
        _ name: String,
        grace: Duration = .zero,
        at now: Int64,
        using random: inout some RandomNumberGenerator
    ) throws(AccessKeyError) -> (key: AccessKey, text: String) {
        let index = try found(name)
        let old = keys[index]
        guard old.isUsable(at: now) else { throw .notUsable(old.id) }
        let (text, token) = AccessKeyToken.make(old.kind, id: old.id, using: &random)
        keys[index].secret = token.digest
        keys[index].rotatedFrom = AccessKey.Replaced(
            secret: old.secret,
            time: now,
            until: now + max(0, grace.milliseconds)
        )
        return (keys[index], text)
    }

    private func found(_ name: String) throws(AccessKeyError) -> Int {
        guard let index = index(of: name) else { throw .unknown(name, keys.map(\.id)) }
        return index
    }

    private func index(of name: String) -> Int? {
        keys.firstIndex { $0.id == name } ?? keys.lastIndex { $0.name == name }
    }

    /// A public name that no key ever had, as near to what a person calls it as can be.
    private func freeID(for name: String) -> String {
        var letters = ""
        for character in name.lowercased().unicodeScalars {
            if AccessKey.isID(Array(String(character).utf8)) {
                letters.unicodeScalars.append(character)
            } else if !letters.isEmpty, letters.last != "-" {
                letters += "-"
            }
            // Room for a number behind it.
            if letters.utf8.count == AccessKey.maximumID - 8 { break }
        }
        while letters.last == "-" { letters.removeLast() }
        let stem = letters.isEmpty ? "key" : letters
        let taken = Set(keys.map(\.id))
        guard taken.contains(stem) else { return stem }
        return (2...).lazy.map { "\(stem)-\($0)" }.first { !taken.contains($0) } ?? stem
    }
}

extension AccessKeyBook: Codable {
    /// Grows with every restriction that an earlier version would not know and so would not keep to.
    private static let version = 1

    private enum CodingKeys: CodingKey { case version, keys }

    /// Reads the book.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let version = try values.decode(Int.self, forKey: .version)
        guard version == Self.version else {
            throw DecodingError.dataCorruptedError(
                forKey: .version,
                in: values,
                debugDescription: "written by another version of Aurelis (\(version))"
            )
        }
        keys = try values.decode([AccessKey].self, forKey: .keys)
        guard Set(keys.map(\.id)).count == keys.count, keys.allSatisfy({ AccessKey.isID($0.id.utf8) }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .keys,
                in: values,
                debugDescription: "two keys have the same id, or one has an impossible one"
            )
        }
    }

    /// Writes the book.
    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(Self.version, forKey: .version)
        try values.encode(keys, forKey: .keys)
    }
}
