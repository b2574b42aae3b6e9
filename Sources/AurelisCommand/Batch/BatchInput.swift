internal import Aurelis

/// The file of a batch: read once to know it again and to count, and once more to be asked, line by line.
struct BatchInput: Sendable {
    /// Where it is.
    let path: String
    /// What is in it.
    let digest: String
    /// How many items it holds.
    let count: Int
    /// How its requests go about cached answers; nil: the configuration decides.
    var cache: CachePolicy?

    /// Reads the file.
    ///
    /// - Throws: a usage failure when it cannot be read, twice at that, or holds nothing.
    init(_ path: String) throws(CommandFailure) {
        guard path != "-", InputFile.isRegular(path) else {
            throw CommandFailure(
                .usage,
                "\(path == "-" ? "standard input" : path) is no file",
                hint: "a batch is read more than once, now and after an interruption: save it to a file"
            )
        }
        var digest = InputDigest()
        var count = 0
        let lines = try InputLines(path)
        while let line = try lines.next() {
            digest.update(line)
            count += 1
        }
        guard count > 0 else { throw CommandFailure(.usage, "\(path) holds no line") }
        self.path = path
        self.digest = digest.value
        self.count = count
    }

    /// The items, once more.
    func lines() throws(CommandFailure) -> Lines { Lines(self, try InputLines(path)) }

    /// The items of a file, which must not have changed.
    final class Lines {
        private let input: BatchInput
        private let lines: InputLines
        private var digest = InputDigest()

        fileprivate init(_ input: BatchInput, _ lines: InputLines) {
            self.input = input
            self.lines = lines
        }

        /// The next item; nil after the last one.
        func next() throws(BatchError) -> BatchLine? {
            let line: LineSplitter.Line?
            do { line = try lines.next() } catch { throw BatchError(.input, error.message) }
            if let line {
                digest.update(line)
                var item = BatchLine(line)
                if let policy = input.cache { item.item.call = item.item.call.going(about: policy) }
                return item
            }
            guard digest.value == input.digest else {
                throw BatchError(.input, "\(input.path) has changed while it was read")
            }
            return nil
        }
    }
}

extension Result where Success == ModelCall, Failure == ModelError {
    /// The same call with another policy for cached answers.
    fileprivate func going(about policy: CachePolicy) -> Self {
        map { call in
            var call = call
            call.cache = policy
            return call
        }
    }
}
