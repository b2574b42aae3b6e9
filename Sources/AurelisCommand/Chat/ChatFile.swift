#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// A file with a conversation: JSON to go on with, Markdown to read.
struct ChatFile: Hashable, Sendable {
    /// What a file holds, by how its name ends.
    enum Format: Hashable, Sendable { case json, markdown }

    let path: String
    let format: Format

    /// - Throws: a usage failure for a name that tells no format.
    init(_ path: String) throws(CommandFailure) {
        let name = path.lowercased()
        if name.hasSuffix(".json") {
            format = .json
        } else if name.hasSuffix(".md") || name.hasSuffix(".markdown") {
            format = .markdown
        } else {
            throw CommandFailure(
                .usage,
                "\(path) tells no format by its name",
                hint: "name it .md to read it, or .json to go on with it"
            )
        }
        self.path = path
    }

    /// Whether something is there already.
    var isThere: Bool { access(path, F_OK) == 0 }

    /// Writes the whole conversation, or leaves what was there before; readable by its owner only.
    func write(_ saved: SavedConversation) throws(CommandFailure) {
        try ReplacedFile.check(path)
        let file = try ReplacedFile(path)
        try file.write(Array((format == .json ? saved.json : saved.conversation.markdown).utf8))
        try file.commit()
    }

    /// Reads a conversation that was saved as JSON.
    func read() throws(CommandFailure) -> SavedConversation {
        guard format == .json else {
            throw CommandFailure(.usage, "a conversation is loaded from JSON, not from \(path)")
        }
        return try SavedConversation(json: try InputFile.text(path), file: path)
    }
}
