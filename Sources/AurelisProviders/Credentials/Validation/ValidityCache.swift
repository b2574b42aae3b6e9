internal import Aurelis
internal import Synchronization

/// What providers said of credentials, by the credentials' hashes, for a while.
final class ValidityCache: Sendable {
    private struct Entry {
        let validity: CredentialValidity
        let expiry: ContinuousClock.Instant
    }

    private let entries = Mutex<[[UInt8]: Entry]>([:])
    private let time: any TimeSource

    private static let maximumEntries = 16
    private static let lifetime: Duration = .seconds(600)
    /// That nobody could say is worth another try soon.
    private static let unverifiableLifetime: Duration = .seconds(10)

    init(time: any TimeSource) { self.time = time }

    /// What is known; nil: nothing that still holds.
    func validity(of secret: Secret) -> CredentialValidity? {
        let (key, now) = (secret.digest, time.now)
        return entries.withLock { entries in entries[key].flatMap { now < $0.expiry ? $0.validity : nil } }
    }

    /// Notes what a provider said.
    func note(_ validity: CredentialValidity, of secret: Secret) {
        let (key, now) = (secret.digest, time.now)
        let lifetime: Duration
        if case .unverifiable = validity { lifetime = Self.unverifiableLifetime } else { lifetime = Self.lifetime }
        entries.withLock { entries in
            if entries.count >= Self.maximumEntries { entries = entries.filter { now < $0.value.expiry } }
            // A provider has one credential at a time; more than a few at once are those of the past.
            if entries.count >= Self.maximumEntries { entries.removeAll() }
            entries[key] = Entry(validity: validity, expiry: now.advanced(by: lifetime))
        }
    }
}
