package import Aurelis

/// The keys as the control plane works on them; it does not know where they are kept.
package protocol KeyDesk: Sendable {
    /// All keys.
    func book() async throws(KeyDeskError) -> AccessKeyBook

    /// Changes the keys; what they grant is in effect when this returns.
    ///
    /// - Parameter change: gets the keys, and the time in milliseconds since 1970-01-01 UTC.
    /// - Throws: then nothing has changed, unless it is `unknown`.
    func update(
        _ change: @escaping @Sendable (inout AccessKeyBook, Int64) throws(AccessKeyError) -> KeyChange
    ) async throws(KeyDeskError) -> KeyChange

    /// Takes note for the audit log of what somebody did, or was not allowed to do.
    func note(_ act: KeyAct)

    /// The time of day, in milliseconds since 1970-01-01 UTC.
    var now: Int64 { get }
}

/// A key that was made or changed.
package struct KeyChange: Sendable {
    /// The key as it is now.
    package var key: AccessKey
    /// Its new text; nil: it keeps the one it has.
    package var text: String?

    /// A key, and its text if it is new.
    package init(_ key: AccessKey, text: String? = nil) {
        self.key = key
        self.text = text
    }
}

/// What somebody did to a key over HTTP.
package struct KeyAct: Sendable, Hashable {
    /// `key_created`, `key_rotated`, `key_revoked`, or why not.
    package var what: String
    /// The key that it was done to.
    package var key: String?
    /// The key of who did it; nil: nobody knows.
    package var by: String?
    /// Whether it was done.
    package var isDone: Bool
}

/// Why keys cannot be read or changed.
package enum KeyDeskError: Error, Sendable {
    /// The change is not possible.
    case refused(AccessKeyError)
    /// The keys cannot be used now; nothing has changed.
    case unavailable(String)
    /// It took too long, and may still come into effect.
    case unknown
}
