package import Aurelis
internal import AurelisJSON
internal import Dispatch
package import Logging
internal import Synchronization

/// The transitions of a data directory's health, one JSON object a line: for whoever comes after the process that saw
/// them.
///
///     let log = HealthLog(directory: "/home/me/.local/share/aurelis", logger: logger)
///     log.append(transitions)             // at once; written by a thread of its own
///     log.latest(100)                     // the oldest first
///
/// Bounded: of a file that has grown too large the older lines go. A disk that does not take them costs only them.
package final class HealthLog: Sendable {
    /// How large the file may become, in bytes.
    package static let maximumSize = 1 << 20
    /// How many lines are left of one that has become larger.
    package static let linesKept = 1_000
    /// How many writes wait for the disk.
    private static let maximumWaiting = 64

    private struct State {
        var waiting = 0
        var isFailing = false
    }

    /// Where it is.
    package let path: String
    private let queue = DispatchQueue(label: "aurelis.health", qos: .utility)
    private let state = Mutex(State())
    private let logger: Logger

    /// The log of a directory; neither needs to be there.
    package init(directory: String, logger: Logger) {
        path = directory + "/health.jsonl"
        self.logger = logger
    }

    /// Takes transitions to be written.
    package func append(_ transitions: [HealthTransition]) {
        guard !transitions.isEmpty else { return }
        let hasRoom = state.withLock { state in
            guard state.waiting < Self.maximumWaiting else { return false }
            state.waiting += 1
            return true
        }
        guard hasRoom else { return }
        queue.async { [self] in
            write(transitions.flatMap(\.line))
            state.withLock { $0.waiting -= 1 }
        }
    }

    /// Returns when what was taken so far is written, or cannot be.
    package func flush() { queue.sync {} }

    /// The latest transitions, the oldest first; none when the file is not there or cannot be read.
    package func latest(_ limit: Int) -> [HealthTransition] {
        guard let bytes = try? contents() else { return [] }
        return bytes.split(separator: UInt8(ascii: "\n")).suffix(limit).compactMap { line in
            // A process may have died in the middle of a line.
            (try? JSONDocument(Array(line))).flatMap { HealthTransition(reading: $0.root) }
        }
    }

    private func write(_ bytes: [UInt8]) {
        do {
            try FileLock.holding(path + ".lock") {
                let size = try append(bytes)
                if size > Self.maximumSize { try shorten() }
            }
            state.withLock { $0.isFailing = false }
        } catch {
            let isNew = state.withLock { state in
                defer { state.isFailing = true }
                return !state.isFailing
            }
            if isNew { logger.warning("changes of health are not kept: \(error)") }
        }
    }

    /// - Returns: how large the file is now.
    private func append(_ bytes: [UInt8]) throws -> Int {
        let file = try SystemFile(path, .appending)
        let size = try file.size()
        let last = size > 0 ? try file.read(1, at: size - 1) : []
        let isWhole = last.isEmpty || last == [UInt8(ascii: "\n")]
        let (written, error) = file.append((isWhole ? [] : [UInt8(ascii: "\n")]) + bytes)
        if let error {
            if written > 0 { try? file.truncate(to: size) }
            throw error
        }
        return size + written
    }

    private func shorten() throws {
        let lines = try contents().split(separator: UInt8(ascii: "\n")).suffix(Self.linesKept)
        let file = try SystemFile(path, .appending)
        let text = lines.flatMap { $0 + [UInt8(ascii: "\n")] }
        try file.truncate(to: 0)
        if let error = file.append(text).error { throw error }
    }

    private func contents() throws -> [UInt8] {
        let file = try SystemFile(path, .reading)
        // One that somebody else made larger is not read whole.
        let size = try file.size()
        let start = max(0, size - 2 * Self.maximumSize)
        return try file.read(size - start, at: start)
    }
}
