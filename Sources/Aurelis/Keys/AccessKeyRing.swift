/// The keys in effect, ready to be compared with what clients send: one immutable snapshot.
///
///     switch ring.authenticate(token, as: .gateway, at: now) {
///     case .granted(let grant): …
///     case .refused(let refusal): …
///     }
package struct AccessKeyRing: Sendable {
    /// A class: it is looked up with every request, and all it holds would be copied.
    private final class Entry: Sendable {
        let key: AccessKey
        let grant: AccessGrant
        /// The secret before; when there is none, one that nobody has: as many are compared for every key.
        let replaced: AccessKeyDigest

        init(_ key: AccessKey, decoy: AccessKeyDigest, after earlier: Entry? = nil) {
            self.key = key
            grant = earlier.flatMap { $0.key.grantsTheSame(as: key) ? $0.grant : nil } ?? AccessGrant(key)
            replaced = key.rotatedFrom?.secret ?? decoy
        }
    }

    /// What becomes of a key that somebody sent.
    package enum Verdict: Sendable {
        case granted(AccessGrant)
        case refused(AccessRefusal)
    }

    private let entries: [String: Entry]
    /// Stands for every key that does not exist.
    private let decoy: Entry
    /// Why the keys may be others by now; nil: they are these.
    package var problem: String?
    /// Whether there is, or ever was, a key for the control plane.
    package let hasAdminKeys: Bool
    /// Everybody whose use is counted, in the order of the book.
    package let metered: [AccessGrant]

    /// The keys of a book.
    ///
    /// - Parameter earlier: the keys until now: one that grants what it did keeps its grant, so that whoever holds it
    ///   sees no change where there is none.
    package init(_ book: AccessKeyBook = AccessKeyBook(), after earlier: AccessKeyRing? = nil, problem: String? = nil) {
        let nobody = AccessKey(id: "nobody", name: "", kind: .gateway, secret: .random(), created: 0)
        decoy = Entry(nobody, decoy: .random())
        let all = book.keys.map { Entry($0, decoy: .random(), after: earlier?.entries[$0.id]) }
        entries = Dictionary(all.map { ($0.key.id, $0) }) { first, _ in first }
        hasAdminKeys = book.keys.contains { $0.kind == .admin }
        metered = all.filter { $0.key.revoked == nil }.map(\.grant).filter { $0.plan != nil }
        self.problem = problem
    }

    /// Compares what somebody sent with the keys.
    ///
    /// A key that does not exist goes the same way as one with a wrong secret.
    package func authenticate(_ token: AccessKeyToken, as kind: AccessKeyKind, at now: Int64) -> Verdict {
        guard token.kind == kind else { return .refused(.otherKind(token.kind)) }
        let entry = entries[token.id] ?? decoy
        let (present, replaced) = Self.secrets(of: entry)
        let isPresent = present.matches(token.digest)
        let isReplaced = replaced.matches(token.digest)
        // The prefix and the checksum are anybody's to write: the kind is the one in the book.
        guard isPresent || isReplaced, entry.key.kind == kind else {
            return .refused(problem.map { .unavailable($0) } ?? .unknown)
        }
        if let revoked = entry.key.revoked { return .refused(.revoked(token.id, at: revoked)) }
        if let expires = entry.key.expires, now >= expires { return .refused(.expired(token.id, at: expires)) }
        if isReplaced, let old = entry.key.rotatedFrom, now >= old.until {
            return .refused(.replaced(token.id, at: old.time))
        }
        return .granted(entry.grant)
    }

    /// What a client's key grants whose request waits longer than its connection: as it is now; nil when the key is not
    /// in effect any more.
    package func grant(of id: String, at now: Int64) -> AccessGrant? {
        guard let entry = entries[id], entry.key.kind == .gateway, entry.key.isUsable(at: now) else { return nil }
        return entry.grant
    }

    /// What is compared with the secret of a key that calls itself so, whether there is one or not.
    func secrets(of id: String) -> (present: AccessKeyDigest, replaced: AccessKeyDigest) {
        Self.secrets(of: entries[id] ?? decoy)
    }

    private static func secrets(of entry: Entry) -> (present: AccessKeyDigest, replaced: AccessKeyDigest) {
        (entry.key.secret, entry.replaced)
    }
}

extension AccessKey {
    /// Whether it grants what another state of the key does: everything counts but its name, its secrets and its times.
    fileprivate func grantsTheSame(as other: AccessKey) -> Bool {
        // These are named, and not those that count: what a key is given later cannot be forgotten here.
        var key = self
        key.name = other.name
        (key.secret, key.rotatedFrom) = (other.secret, other.rotatedFrom)
        (key.created, key.expires, key.revoked) = (other.created, other.expires, other.revoked)
        return key == other
    }
}
