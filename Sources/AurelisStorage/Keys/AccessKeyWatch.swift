package import Aurelis
internal import Dispatch
package import Logging
internal import Synchronization

/// Keeps the keys of a process those of its data directory: what the command changes is in effect within a second.
///
///     let watch = try AccessKeyWatch(AccessKeyFile(directory: directory), logger: logger)
///     watch.keys                              // what requests are compared with
///     await watch.run()                       // until the task is cancelled
///
/// The file is looked at twice a second, and read when it has changed: no request waits for the disk. While it cannot be
/// read, those keys are good that were good before, and of all others nobody knows.
package final class AccessKeyWatch: Sendable {
    private struct State {
        var look: FileLook?
        var isFailing = false
    }

    /// How often the file is looked at.
    package static let interval: Duration = .milliseconds(500)
    /// How long a disk may take for it.
    private static let patience: Duration = .seconds(2)

    /// The keys in effect.
    package let keys: AccessKeys
    private let file: AccessKeyFile
    private let queue = DispatchQueue(label: "aurelis.keys", qos: .utility)
    private let time: any TimeSource
    private let logger: Logger
    private let state: Mutex<State>

    /// Reads the file for the first time.
    ///
    /// - Throws: why it cannot be read.
    package init(
        _ file: AccessKeyFile,
        time: any TimeSource = SystemTimeSource(),
        logger: Logger
    ) throws(AccessKeyFileError) {
        let (book, look) = try file.readNoting()
        keys = AccessKeys(AccessKeyRing(book))
        state = Mutex(State(look: look))
        self.file = file
        self.time = time
        self.logger = logger
    }

    /// Follows the file until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            do { try await time.sleep(until: time.now.advanced(by: Self.interval)) } catch { return }
            let isDone = await queue.ending(within: Self.patience) {
                self.refresh()
                return true
            }
            if isDone == nil { fail("\(file.path): it could not be read in time") }
        }
    }

    /// Looks at the file as `refresh` does, but not at the same time as `run`, which might take an older look for a newer one.
    func refreshInTurn() { queue.sync { refresh() } }

    /// Looks at the file, and reads it if it has changed.
    package func refresh() {
        let look = FileLook(path: file.path)
        guard state.withLock({ $0.look != look || $0.isFailing }) else { return }
        do {
            let (book, look) = try file.readNoting()
            // A file that was there before is not gone because somebody wants no keys any more.
            guard look != nil || state.withLock({ $0.look == nil }) else {
                return fail("\(file.path): it is gone")
            }
            state.withLock { $0 = State(look: look) }
            keys.replace(with: AccessKeyRing(book, after: keys.ring))
            logger.info("the keys have changed", metadata: ["count": "\(book.keys.count)"])
        } catch {
            fail("\(error)")
        }
    }

    private func fail(_ problem: String) {
        let isNew = state.withLock { state in
            defer { state.isFailing = true }
            return !state.isFailing
        }
        guard isNew else { return }
        keys.note(problem)
        logger.error("the keys cannot be read; those known are good, others are answered with 503: \(problem)")
    }
}
