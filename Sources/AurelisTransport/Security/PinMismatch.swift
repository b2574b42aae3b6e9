package import AurelisTLS
import Synchronization

/// A server that is trusted, but has none of the keys that it should have.
package struct PinMismatch: Sendable, Hashable, CustomStringConvertible {
    /// The server.
    package var origin: HTTPOrigin
    /// The keys of its validated chain, its own first, its root's last.
    package var seen: [ValidatedKey]

    /// One line for logs.
    package var description: String {
        let keys = seen.map(\.description).joined(separator: ", ")
        return "\(origin) has none of the pinned keys; its own: \(keys)"
    }
}

/// The key of one certificate of a validated chain.
package struct ValidatedKey: Sendable, Hashable, CustomStringConvertible {
    /// The key's pin.
    package var pin: PublicKeyPin
    /// Whose it is, as the certificate has it.
    package var subject: String

    /// Pin and subject.
    package var description: String { "\(pin) (\(subject))" }
}

/// Tells of each server once.
final class PinReports: Sendable {
    private let told = Mutex<Set<String>>([])
    private let tell: @Sendable (PinMismatch) -> Void
    /// A profile is for one provider, so there is hardly ever more than one.
    private static let maximumServers = 256

    init(_ tell: @escaping @Sendable (PinMismatch) -> Void) { self.tell = tell }

    func report(_ mismatch: PinMismatch) {
        let isNew = told.withLock { told in
            told.count < Self.maximumServers && told.insert(mismatch.origin.authority).inserted
        }
        if isNew { tell(mismatch) }
    }
}
