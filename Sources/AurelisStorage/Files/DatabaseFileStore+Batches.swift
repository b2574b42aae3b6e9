package import Aurelis

extension DatabaseFileStore: BatchStore {
    /// Takes a batch in.
    package func createBatch(_ order: BatchOrder, by tenant: String) async throws(ModelError) -> BatchRecord {
        guard StoredID.file.contains(order.input), exists else {
            throw .noFile(order.input, parameter: "input_file_id")
        }
        let now = now
        let limits = limits
        var record = BatchRecord(
            id: StoredID.batch.next(),
            tenant: tenant,
            input: order.input,
            endpoint: order.endpoint,
            window: order.window,
            priority: order.priority,
            created: now
        )
        record.metadata = order.metadata
        record.outputLifetime = order.outputLifetime
        try await write { [record] database in
            guard let file = try FileTable(database: database).find(order.input, of: tenant, at: now) else {
                throw ModelError.noFile(order.input, parameter: "input_file_id")
            }
            guard file.purpose == .batch else {
                throw ModelError.refused(
                    400,
                    "\(file.id) was not uploaded for a batch; its purpose is \"\(file.purpose.rawValue)\"",
                    parameter: "input_file_id",
                    code: "invalid_purpose"
                )
            }
            let batches = BatchRecordTable(database: database)
            guard try batches.countOpen() < limits.openBatches else {
                throw ModelError.refused(
                    429,
                    "\(limits.openBatches) batches have not ended, which is as many as there may be",
                    code: "too_many_batches"
                )
            }
            let share = limits.share(of: tenant).openBatches
            guard try batches.countOpen(of: tenant) < share else {
                throw ModelError.refused(
                    429,
                    "\(share) batches of this key have not ended, which is its share of all; wait for one of them, "
                        + "cancel one, or have `batches.maximum_open` raised in the gateway's configuration",
                    code: "too_many_batches"
                )
            }
            try batches.insert(record)
        }
        batchCame()
        return record
    }

    /// A part of a tenant's batches, the newest first.
    package func batches(
        of tenant: String,
        _ page: StoredPageRequest
    ) async throws(ModelError) -> StoredPage<BatchRecord> {
        guard exists else { return StoredPage([], limit: page.limit) }
        return StoredPage(
            try await read { try BatchRecordTable(database: $0).list(of: tenant, page) },
            limit: page.limit
        )
    }

    /// A batch.
    package func batch(_ id: String, of tenant: String) async throws(ModelError) -> BatchRecord {
        guard StoredID.batch.contains(id), exists,
            let record = try await read({ try BatchRecordTable(database: $0).find(id, of: tenant) })
        else { throw .noBatch(id) }
        return record
    }

    /// Has a batch left.
    package func cancelBatch(_ id: String, of tenant: String) async throws(ModelError) -> BatchRecord {
        guard StoredID.batch.contains(id), exists else { throw .noBatch(id) }
        let now = now
        let record = try await write { database in
            let batches = BatchRecordTable(database: database)
            guard var record = try batches.find(id, of: tenant) else { throw ModelError.noBatch(id) }
            switch record.status {
            case .validating, .inProgress:
                record.become(.cancelling, at: now)
                try batches.update(record, expires: nil)
            case .cancelling, .cancelled: break
            case .finalizing, .completed, .expired, .failed:
                throw ModelError.refused(
                    409,
                    "Cannot cancel a batch with status '\(record.status.rawValue)'.",
                    code: "batch_ended"
                )
            }
            return record
        }
        batchCame()
        return record
    }
}
