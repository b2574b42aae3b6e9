internal import AurelisTesting
internal import Foundation
internal import Synchronization

/// The file that a session is recorded into, readable by its user only.
///
///     let file = try CassetteFile(creating: "session.jsonl")
///     file.append(line)
package final class CassetteFile: Sendable {
    /// Where it is.
    package let path: String
    private let handle: Mutex<FileHandle>

    /// Begins a cassette.
    ///
    /// - Throws: `ConfigurationError` when there is something at the path already, or it cannot be written.
    package init(creating path: String) throws(ConfigurationError) {
        self.path = path
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw ConfigurationError(
                "\(path) cannot be begun: \(reason)",
                suggestion: "name a file that there is not yet"
            )
        }
        handle = Mutex(FileHandle(fileDescriptor: descriptor, closeOnDealloc: true))
        append(Cassette.header)
    }

    /// Adds a line. What cannot be written is lost to the recording, not to the caller.
    package func append(_ line: [UInt8]) {
        handle.withLock { try? $0.write(contentsOf: Data(line)) }
    }
}
