internal import Aurelis
internal import AurelisStorage

/// Writes the results of a batch in the order of its input: from the journal, a few at a time.
struct BatchOutput: Sendable {
    /// Where results go; nil: standard output.
    var path: String?
    /// Where the results that are errors go instead; nil: with the others.
    var errorPath: String?

    /// What was written.
    struct Summary: Sendable, Hashable {
        /// The first reasons, each with its line.
        var reasons: [String] = []
        /// Whether another run asks some of what failed again.
        var isWorthAnother = false
    }

    /// Writes every result; files appear when they are complete.
    func write(_ journal: DatabaseBatchJournal, to console: Console) async throws -> Summary {
        let file = try path.map { path throws(CommandFailure) in try ReplacedFile(path) }
        let errorFile = try errorPath.map { path throws(CommandFailure) in try ReplacedFile(path) }
        var summary = Summary()
        var last = 0
        while true {
            let rows = try await journal.results(after: last)
            guard let end = rows.last else { break }
            for row in rows {
                if !row.isAnswered { summary.add(row) }
                if let errorFile, !row.isAnswered {
                    try errorFile.write(row.line + [0x0A])
                } else if let file {
                    try file.write(row.line + [0x0A])
                } else {
                    try console.output.write(json: String(decoding: row.line, as: UTF8.self) + "\n")
                }
            }
            last = end.number
        }
        try file?.commit()
        try errorFile?.commit()
        return summary
    }
}

extension BatchOutput.Summary {
    fileprivate mutating func add(_ row: DatabaseBatchJournal.Row) {
        isWorthAnother = isWorthAnother || !row.isFinal
        guard reasons.count < 3, let problem = BatchResult(reading: row.line)?.problem else { return }
        // Aurelis' own reasons name the line themselves.
        let place = "line \(row.number)"
        reasons.append(problem.hasPrefix(place) ? problem : "\(place): \(problem)")
    }
}
