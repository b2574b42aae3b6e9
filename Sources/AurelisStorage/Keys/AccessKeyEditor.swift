package import Aurelis
internal import Dispatch
internal import Synchronization

/// Changes the keys of a process that also answers requests: no task waits for the disk longer than it can.
///
///     let editor = AccessKeyEditor(file, watch)
///     let key = try await editor.update { book in try book.revoke("ci", at: now) }
package final class AccessKeyEditor: Sendable {
    /// Why keys could not be changed, beside what the change itself throws.
    package enum Delay: Error, Sendable {
        /// The disk or another process holds them up; nothing has changed, and nothing will.
        case busy
        /// The disk took too long; the change may still come into effect.
        case unknown
    }

    /// How long the disk, and other processes that change keys, may take.
    private static let patience: Duration = .seconds(5)
    /// How many may wait.
    private static let maximumWaiting = 16

    private let file: AccessKeyFile
    private let watch: AccessKeyWatch
    private let patience: Duration
    private let queue = DispatchQueue(label: "aurelis.keys.changes", qos: .userInitiated)
    private let waiting = Mutex(0)

    /// An editor of a file that is watched.
    package init(_ file: AccessKeyFile, _ watch: AccessKeyWatch, patience: Duration? = nil) {
        self.file = file
        self.watch = watch
        self.patience = patience ?? Self.patience
    }

    /// All keys.
    ///
    /// - Throws: `AccessKeyFileError`, or `Delay`.
    package func read() async throws -> AccessKeyBook {
        try await attempt { [file] _ in try file.read() }
    }

    /// Changes the keys, in effect in this process when it returns.
    ///
    /// - Throws: what `change` throws, `AccessKeyFileError`, or `Delay`; nothing has changed then, unless it is
    ///   `Delay.unknown`.
    package func update<Value: Sendable>(
        _ change: @escaping @Sendable (inout AccessKeyBook) throws -> Value
    ) async throws -> Value {
        try await attempt { [file, watch] commitment in
            let value = try file.update { book in
                let value = try change(&book)
                guard commitment.commit() else { throw Delay.busy }
                return value
            }
            watch.refreshInTurn()
            return value
        }
    }

    private func attempt<Value: Sendable>(
        _ work: @escaping @Sendable (Commitment) throws -> Value
    ) async throws -> Value {
        let isRoom = waiting.withLock { count in
            guard count < Self.maximumWaiting else { return false }
            count += 1
            return true
        }
        guard isRoom else { throw Delay.busy }
        let commitment = Commitment()
        let result = await queue.ending(within: patience) { [self] () -> Result<Value, any Error> in
            defer { waiting.withLock { $0 -= 1 } }
            return Result { try work(commitment) }
        }
        guard let result else { throw commitment.abandon() ? Delay.busy : Delay.unknown }
        return try result.get()
    }
}
