package import Aurelis
internal import Dispatch
internal import Logging
internal import Synchronization

/// The lines of a stored file, read as they are asked for and where that holds nobody up; a few of them are held.
///
///     let lines = try await store.lines(of: record.input)
///     while let line = try await lines.next() { … }
package final class FileLines: Sendable {
    private struct State {
        var splitter: LineSplitter
        var isAtEnd = false

        /// The next line that is not empty, of what was read or of so many further pieces.
        mutating func next(from reader: FileReader, _ pieces: inout Int) throws(FileFault) -> LineSplitter.Line? {
            while true {
                if let line = splitter.next() { return line }
                guard !isAtEnd, pieces > 0 else { return nil }
                pieces -= 1
                let piece = try reader.next()
                isAtEnd = piece.isEmpty
                if isAtEnd { splitter.finish() } else { splitter.append(piece) }
            }
        }
    }

    /// What one visit to the disk has brought.
    private struct Part: Sendable {
        var lines: [LineSplitter.Line] = []
        var count = 0
        var isLast = false
    }

    /// How many pieces are read in one visit: however slow the disk, it is not taken for one that hangs.
    private static let pieces = 64
    /// How many lines are brought at once, and how large they are together, but for the last one of them.
    private static let most = 64
    private static let room = 256 << 10

    private let store: DatabaseFileStore
    private let queue: DispatchQueue
    private let reader: FileReader
    private let state: Mutex<State>
    /// What was brought and not asked for yet.
    private let held = Mutex<ArraySlice<LineSplitter.Line>>([])

    init(_ store: DatabaseFileStore, _ reader: FileReader, queue: DispatchQueue, longest: Int = 20 << 20) {
        self.store = store
        self.reader = reader
        self.queue = queue
        state = Mutex(State(splitter: LineSplitter(limit: longest)))
    }

    /// The next line that is not empty; nil after the last one.
    package func next() async throws(BatchError) -> LineSplitter.Line? {
        while true {
            if let line = held.withLock({ $0.popFirst() }) { return line }
            let part = try await visit { state, reader throws(FileFault) in
                var (part, size, pieces) = (Part(), 0, Self.pieces)
                while part.lines.count < Self.most, size < Self.room {
                    guard let line = try state.next(from: reader, &pieces) else { break }
                    size += line.bytes.count
                    part.lines.append(line)
                }
                part.isLast = part.lines.isEmpty && state.isAtEnd
                return part
            }
            if part.isLast { return nil }
            held.withLock { $0 = part.lines[...] }
        }
    }

    /// Reads on, and counts the lines that are not empty instead of giving them out.
    ///
    /// - Parameter most: how far is counted.
    /// - Returns: how many there are in the next part of the file; nil at its end.
    package func countNext(atMost most: Int) async throws(BatchError) -> Int? {
        let part = try await visit { state, reader throws(FileFault) in
            var (part, pieces) = (Part(), Self.pieces)
            while part.count < most, try state.next(from: reader, &pieces) != nil { part.count += 1 }
            part.isLast = part.count == 0 && state.isAtEnd
            return part
        }
        return part.isLast ? nil : part.count
    }

    private func visit(
        _ body: @escaping @Sendable (inout State, FileReader) throws(FileFault) -> Part
    ) async throws(BatchError) -> Part {
        try await store.reading(on: queue) { [self] () throws(FileFault) in
            try state.withLock { state throws(FileFault) in try body(&state, reader) }
        }
    }
}

extension DatabaseFileStore {
    /// The lines of a batch's input.
    package func lines(of file: String) async throws(BatchError) -> FileLines {
        guard let path = contents.path(of: file) else { throw BatchError(.input, "\(file) is no file") }
        let queue = DispatchQueue(label: "aurelis.input")
        let reader = try await reading(on: queue) { () throws(FileFault) in try FileReader(path) }
        return FileLines(self, reader, queue: queue)
    }

    /// Reads a batch's input: what cannot be read is that batch's end, a disk that does not answer is not.
    fileprivate func reading<Value: Sendable>(
        on queue: DispatchQueue,
        _ body: @escaping @Sendable () throws(FileFault) -> Value
    ) async throws(BatchError) -> Value {
        let result: Result<Value, FileFault>
        do {
            result = try await attempting(on: queue) {
                Result { () throws(FileFault) in try body() }
            }
        } catch {
            throw BatchError(.disk, error.message)
        }
        do { return try result.get() } catch {
            // Which file it is is told here; whoever handed the batch in is told why only.
            logger.error("the input of a batch cannot be read", metadata: ["reason": "\(error)"])
            throw BatchError(.input, error.reason)
        }
    }
}
