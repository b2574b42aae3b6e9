internal import Aurelis

/// Reads the lines of a log's file one by one, whatever its size.
package struct AuditReader {
    private let file: SystemFile
    private var buffer: [UInt8] = []
    /// Where in the buffer the next line begins, and where in the file the buffer ends.
    private var start = 0
    private var offset: Int
    /// How much of the file is looked at; nil: all, as it grows.
    private let limit: Int?
    private static let piece = 1 << 18

    /// The file with this number.
    ///
    /// - Parameters:
    ///   - limit: how much of the file is looked at; nil: all, as it grows.
    ///   - offset: where to begin; the beginning of a line.
    package init(
        _ directory: AuditDirectory,
        file number: Int,
        from offset: Int = 0,
        limit: Int? = nil
    ) throws(AuditFileError) {
        file = try SystemFile(directory.path(of: number), .reading)
        self.offset = offset
        self.limit = limit
    }

    /// The next line without its end; nil when there is no whole one (yet).
    package mutating func next() throws(AuditFileError) -> ArraySlice<UInt8>? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return buffer[start..<end]
            }
            // What is longer than any line is one, so that somebody refuses it.
            if buffer.count - start > AuditLine.maximumBytes {
                defer { start = buffer.count }
                return buffer[start...]
            }
            buffer.removeFirst(start)
            start = 0
            searched = buffer.count
            let wanted = min(Self.piece, (limit ?? .max) - offset)
            guard wanted > 0 else { return nil }
            let bytes = try file.read(wanted, at: offset)
            guard !bytes.isEmpty else { return nil }
            offset += bytes.count
            buffer += bytes
        }
    }

    /// Forgets the beginning of a line, so that it is read again once it is whole: it may be taken back until then.
    package mutating func rewind() {
        offset -= rest
        buffer = []
        start = 0
    }

    /// How many bytes stand behind the last whole line, once there is no next one.
    package var rest: Int { buffer.count - start }

    /// How long the file is.
    package func size() throws(AuditFileError) -> Int { try file.size() }
}
