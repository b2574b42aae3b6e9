package import Aurelis

/// Who may steer.
package struct AdminAccess: Sendable {
    /// The keys in effect.
    package let keys: AccessKeys
    /// Whether the control plane can be reached from other machines: then nobody steers without a key.
    package let isExposed: Bool
    /// The time by which keys expire.
    package let clock: WallClock

    /// Access by keys.
    package init(keys: AccessKeys, isExposed: Bool, clock: WallClock = .system) {
        self.keys = keys
        self.isExposed = isExposed
        self.clock = clock
    }

    /// Why somebody may not steer; nil: they may.
    ///
    /// Once there has been a key, none is no way in: one that was revoked or has expired locks everybody out until
    /// another is made, which takes access to the machine.
    ///
    /// - Parameter authorization: the field of that name.
    func refusal(of authorization: String?) -> AccessRefusal? {
        let ring = keys.ring
        guard isExposed || ring.hasAdminKeys else { return nil }
        switch verdict(on: authorization, ring) {
        case .granted: return nil
        case .refused(let refusal): return refusal
        }
    }

    /// The public name of the admin key that came with a request; nil: none that is good.
    ///
    /// - Parameter authorization: the field of that name.
    func holder(of authorization: String?) -> String? {
        guard case .granted(let grant) = verdict(on: authorization, keys.ring) else { return nil }
        return grant.id
    }

    private func verdict(on authorization: String?, _ ring: AccessKeyRing) -> AccessKeyRing.Verdict {
        guard let authorization else { return .refused(.missing(.admin, sentOther: false)) }
        let words = authorization.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer", AccessKeyToken.kind(of: String(words[1])) != nil
        else {
            return .refused(.missing(.admin, sentOther: true))
        }
        do throws(AccessKeyToken.Malformation) {
            let token = try AccessKeyToken(parsing: String(words[1]))
            return ring.authenticate(token, as: .admin, at: clock.millisecondsSinceEpoch)
        } catch {
            return .refused(.malformed(error))
        }
    }
}
