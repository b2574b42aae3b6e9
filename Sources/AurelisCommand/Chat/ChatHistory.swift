internal import Aurelis
internal import AurelisJSON

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// What was typed in chats before, in the data directory: one JSON string a line, readable by its owner only, without
/// credentials.
struct ChatHistory: Sendable {
    /// What is longer is not kept.
    static let maximumEntry = 16 << 10
    /// From here on the file is made shorter.
    static let maximumBytes = 1 << 20

    let directory: String
    var path: String { directory + "/chat-history" }

    /// The latest entries; none, when the file is not there or cannot be read.
    func entries() -> [String] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        guard let text = try? InputFile.text(of: descriptor, name: path) else { return [] }
        // Lines that say nothing, such as one that a power cut has left, are as good as not there.
        let entries = text.split(separator: "\n").suffix(LineHistory.limit).compactMap {
            (try? JSONDocument(Array($0.utf8)))?.root.string
        }
        if text.utf8.count > Self.maximumBytes { shorten(to: entries) }
        return entries
    }

    /// Appends an entry, without the credentials in it.
    ///
    /// - Throws: why it could not be written.
    func append(_ entry: String) throws(CommandFailure) {
        let line = Self.line(entry)
        guard line.count <= Self.maximumEntry else { return }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        do { try TextOutput(descriptor: descriptor, color: false).write(line) } catch { throw failure(error.number) }
    }

    static func line(_ entry: String) -> [UInt8] {
        var json = JSONWriter()
        json.string(Redaction.standard.text(entry))
        return json.bytes + [0x0A]
    }

    private func shorten(to entries: [String]) {
        var kept = entries.suffix(LineHistory.limit / 2)
        while kept.reduce(0, { $0 + $1.utf8.count }) > Self.maximumBytes / 2 { kept.removeFirst() }
        // What cannot be made shorter now will be the next time.
        guard let file = try? ReplacedFile(path) else { return }
        try? file.write(kept.flatMap(Self.line))
        try? file.commit()
    }

    private func failure(_ number: Int32) -> CommandFailure {
        CommandFailure(.failure, "cannot write \(path): \(SystemError.text(number))")
    }
}
