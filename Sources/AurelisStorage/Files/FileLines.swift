package import Aurelis

/// The lines of a stored file, read as they are asked for: one of them is held at a time.
///
///     let lines = try store.lines(of: record.input)
///     while let line = try lines.next() { … }
package final class FileLines {
    private let reader: FileReader
    private let onFault: (FileFault) -> Void
    private var splitter: LineSplitter
    private var isAtEnd = false

    /// The lines of a content.
    ///
    /// - Parameter onFault: is told which file it is that cannot be read; whoever handed the batch in is not.
    init(_ path: String, longest: Int = 20 << 20, onFault: @escaping (FileFault) -> Void) throws(BatchError) {
        self.onFault = onFault
        do { reader = try FileReader(path) } catch {
            onFault(error)
            throw BatchError(.input, error.reason)
        }
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
                onFault(error)
                throw BatchError(.input, error.reason)
            }
        }
    }
}
