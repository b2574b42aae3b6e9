internal import Aurelis
internal import AurelisJSON
internal import AurelisStorage

/// Goes through a log from any place on, from file to file, also while it grows.
struct AuditFollower {
    private let directory: AuditDirectory
    private let selection: AuditSelection
    private var number: Int?
    private var reader: AuditReader?

    /// A line that is wanted.
    struct Line: Sendable {
        let bytes: [UInt8]
        let document: JSONDocument
    }

    /// - Parameter number: the file to begin with; nil: the newest.
    init(_ directory: AuditDirectory, _ selection: AuditSelection, from number: Int? = nil) throws(AuditFileError) {
        self.directory = directory
        self.selection = selection
        self.number = number
        if number == nil { self.number = try directory.files().last }
    }

    /// The latest lines that are wanted, the oldest first; `next` goes on behind them.
    mutating func latest(_ count: Int) throws(AuditFileError) -> [Line] {
        var lines: [Line] = []
        for number in try directory.files().reversed() {
            var found: [Line] = []
            var file = try AuditReader(directory, file: number)
            while let bytes = try file.next() {
                guard count > 0, let line = wanted(bytes) else { continue }
                found.append(line)
                // Not every line moves the others.
                if found.count >= 2 * count { found.removeFirst(found.count - count) }
            }
            if reader == nil {
                file.rewind()
                (self.number, reader) = (number, file)
            }
            lines = found.suffix(count - lines.count) + lines
            if lines.count >= count { break }
        }
        return lines
    }

    /// The next line that is wanted; nil when there is none (yet).
    mutating func next() throws(AuditFileError) -> Line? {
        while true {
            if reader == nil {
                let oldest = try directory.files().first
                guard let first = number ?? oldest else { return nil }
                number = first
                reader = try AuditReader(directory, file: first)
            }
            // Looked for before the end is reached: what is written until then is not passed over.
            let following = try directory.files().first { $0 > number ?? 0 }
            while let bytes = try reader?.next() { if let line = wanted(bytes) { return line } }
            guard let following else {
                reader?.rewind()
                return nil
            }
            number = following
            reader = try AuditReader(directory, file: following)
        }
    }

    private func wanted(_ bytes: ArraySlice<UInt8>) -> Line? {
        let bytes = Array(bytes)
        guard let document = try? JSONDocument(bytes, limits: .response), document.root.kind == .object,
            selection.admits(document)
        else { return nil }
        return Line(bytes: bytes, document: document)
    }
}
