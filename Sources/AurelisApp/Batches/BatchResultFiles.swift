internal import Aurelis
internal import AurelisStorage

/// The results of a batch in the order of its input: the answers in one file, the errors in another.
struct BatchResultFiles: Sendable {
    private(set) var answered = 0
    private(set) var failed = 0
    /// nil: there is no answer.
    private(set) var output: BatchOutputFile?
    /// nil: there is no error.
    private(set) var errors: BatchOutputFile?

    var files: [BatchOutputFile] { [output, errors].compactMap(\.self) }

    /// Writes everything the journal has, a few results at a time.
    static func write(_ journal: DatabaseBatchJournal, to store: DatabaseFileStore) async throws -> BatchResultFiles {
        var results = BatchResultFiles()
        var last = 0
        while true {
            let rows = try await journal.results(after: last)
            guard let end = rows.last else { break }
            last = end.number
            let (answers, errors) = (rows.filter(\.isAnswered), rows.filter { !$0.isAnswered })
            results.answered += answers.count
            results.failed += errors.count
            results.output = try await append(answers, to: results.output, store)
            results.errors = try await append(errors, to: results.errors, store)
        }
        for file in results.files { try await file.synchronize() }
        return results
    }

    private static func append(
        _ rows: [DatabaseBatchJournal.Row],
        to file: BatchOutputFile?,
        _ store: DatabaseFileStore
    ) async throws -> BatchOutputFile? {
        guard !rows.isEmpty else { return file }
        let output = if let file { file } else { try await store.beginOutput() }
        var bytes: [UInt8] = []
        for row in rows { bytes += row.line + [0x0A] }
        try await output.write(bytes)
        return output
    }
}
