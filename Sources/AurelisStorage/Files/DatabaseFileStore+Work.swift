package import Aurelis
internal import Dispatch

/// What whoever works on batches needs.
extension DatabaseFileStore {
    /// The batches that something can be done for, the oldest first: no more than there may be that have not ended.
    package func dueBatches() async throws(ModelError) -> [DueBatch] {
        guard exists else { return [] }
        let now = now
        return try await read { try BatchRecordTable(database: $0).due(at: now) }
    }

    /// Whether somebody works on a batch.
    package func isWorkedOn(_ id: String) async throws(ModelError) -> Bool {
        try await attempting { [directory] in DatabaseBatchJournal.isHeld(id, in: directory) }
    }

    /// The tenants of batches that wait for a moment to come.
    package func waitingTenants() async throws(ModelError) -> [String] {
        guard exists else { return [] }
        let now = now
        return try await read { try BatchRecordTable(database: $0).waitingTenants(at: now) }
    }

    /// Something can be done now for the batches of a tenant that wait for a moment to come.
    package func wakeBatches(of tenant: String) async throws(ModelError) {
        let now = now
        try await write { database in
            let batches = BatchRecordTable(database: database)
            for var record in try batches.waiting(of: tenant, at: now) {
                record.resumes = nil
                try batches.update(record, expires: nil)
            }
        }
    }

    /// A batch, whoever's it is; nil when there is none.
    package func batch(_ id: String) async throws(ModelError) -> BatchRecord? {
        try await read { try BatchRecordTable(database: $0).find(id) }
    }

    /// Changes a batch that has not ended, whatever it has become meanwhile.
    ///
    /// - Returns: what it is now; nil when it is gone or has ended.
    @discardableResult
    package func change(
        _ id: String,
        _ body: @escaping @Sendable (inout BatchRecord) -> Void
    ) async throws(ModelError) -> BatchRecord? {
        try await finish(id, with: [], body)
    }

    /// Changes a batch that has not ended, and makes files its tenant's in the same transaction.
    @discardableResult
    package func finish(
        _ id: String,
        with outputs: [BatchOutputFile],
        _ body: @escaping @Sendable (inout BatchRecord) -> Void
    ) async throws(ModelError) -> BatchRecord? {
        let (now, limits) = (now, limits)
        return try await write { database in
            let batches = BatchRecordTable(database: database)
            guard var record = try batches.find(id), !record.status.isFinal else { return nil }
            let before = record
            body(&record)
            for output in outputs {
                try FileTable(database: database).insert(output.file(of: record, at: now, limits))
                output.keep()
            }
            let expires = record.status.isFinal ? now + max(record.outputLifetime ?? 0, limits.retention) : nil
            if record != before { try batches.update(record, expires: expires) }
            return record
        }
    }

    /// Begins a file with results.
    package func beginOutput() async throws(ModelError) -> BatchOutputFile {
        let queue = DispatchQueue(label: "aurelis.output")
        let writer = try await attempting(on: queue) { [contents] in try contents.create() }
        return BatchOutputFile(self, writer, queue: queue)
    }

    /// Removes what nobody is to find any more: expired files and batches, and contents that were left behind.
    package func clearUp() async throws(ModelError) {
        guard exists else { return }
        let (now, contents) = (now, contents)
        let removed = try await write { database in
            let (files, batches) = (FileTable(database: database), BatchRecordTable(database: database))
            var removed = try files.expired(at: now, limit: 1_000)
            for batch in try batches.expired(at: now, limit: 1_000) {
                removed += [batch.output, batch.errors].compactMap(\.self)
                try batches.delete(batch.id)
            }
            for id in removed { try files.delete(id) }
            return removed
        }
        let names = try await attempting {
            for id in removed { contents.remove(id) }
            return contents.names()
        }
        let known = try await read { database in
            let files = FileTable(database: database)
            return Set(try names.filter { try files.contains($0) })
        }
        for id in names where !known.contains(id) {
            try await attempting { [self] in
                try contents.removeAbandoned(id) { try lookUp { try FileTable(database: $0).contains(id) } }
            }
        }
    }
}
