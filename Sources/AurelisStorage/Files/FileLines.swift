package import Aurelis

/// The lines of a stored file, read as they are asked for: one of them is held at a time.
///
///     let lines = try store.lines(of: record.input)
///     while let line = try lines.next() { … }
package final class FileLines {
    private let reader: FileReader
    private var splitter: LineSplitter
    private var isAtEnd = false

    /// The lines of a content.
    init(_ path: String, longest: Int = 20 << 20) throws(BatchError) {
        do { reader = try FileReader(path) } catch { throw BatchError(.input, "\(error)") }
        splitter = LineSplitter(limit: longest)
    }

    /// The next line that is not empty; nil after the last one.
    package func next() throws(BatchError) -> LineSplitter.Line? {
        while true {
            if let line = splitter.next() { return line }
            guard !isAtEnd else { return nil }
            do {
                let piece = try reader.next()
                isAtEnd = piece.isEmpty
                if isAtEnd { splitter.finish() } else { splitter.append(piece) }
            } catch {
                throw BatchError(.input, "\(error)")
            }
        }
    }
}
