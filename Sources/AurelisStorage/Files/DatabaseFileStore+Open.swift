package import Aurelis

extension DatabaseFileStore {
    /// The batches of all tenants that have not ended, the newest first, and how many there are.
    package func openBatches(_ limit: Int) async throws(ModelError) -> (batches: [BatchRecord], open: Int) {
        guard exists else { return ([], 0) }
        return try await read { database in
            let table = BatchRecordTable(database: database)
            return (try table.listOpen(limit), try table.countOpen())
        }
    }
}
