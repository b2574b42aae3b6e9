/// The first place at which a log is not what was written.
package struct AuditBreak: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong there.
    package enum Kind: String, Sendable {
        /// A line, or the one before it, is not what was written.
        case changed
        /// Lines are missing.
        case missing
        /// A line stands where another one belongs: inserted, repeated or moved.
        case misplaced
        /// The end of a line is missing.
        case incomplete
        /// A file does not begin as one.
        case head
        /// Nobody here has the key.
        case key
        /// Files are missing.
        case files
        /// What an anchor remembers is gone.
        case truncated
        /// What an anchor remembers was otherwise.
        case anchor
    }

    /// What is wrong.
    package var kind: Kind
    /// The name of the file; nil when it is about none.
    package var file: String?
    /// The number of the line in it, from 1.
    package var line: Int?
    /// For people.
    package var message: String

    /// A place that is wrong.
    package init(_ kind: Kind, file: String? = nil, line: Int? = nil, _ message: String) {
        self.kind = kind
        self.file = file
        self.line = line
        self.message = message
    }

    /// `audit-00000002.jsonl, line 7: …`
    package var description: String {
        guard let file else { return message }
        return line.map { "\(file), line \($0): \(message)" } ?? "\(file): \(message)"
    }
}
