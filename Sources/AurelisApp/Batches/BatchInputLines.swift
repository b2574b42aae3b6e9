internal import Aurelis
internal import AurelisStorage

/// The items of a batch's input, each on behalf of whose batch it is.
final class BatchInputLines {
    private let lines: FileLines
    private let endpoint: BatchEndpoint
    private let refusal: ModelError?
    private var options = ModelCall.Options()

    init(_ record: BatchRecord, _ grant: AccessGrant?, _ store: DatabaseFileStore) async throws(BatchError) {
        lines = try await store.lines(of: record.input)
        endpoint = record.endpoint
        refusal = grant?.refusal(of: record.endpoint.part)
        options.grant = grant
        options.priority = record.priority
    }

    /// The next item; nil after the last one.
    func next() async throws(BatchError) -> BatchLine? {
        guard let line = try await lines.next() else { return nil }
        var item = BatchLine(line, options: options)
        if case .success(let call) = item.item.call, call.operation != endpoint.operation {
            item.item.call = .failure(
                ModelError(
                    .invalidRequest,
                    "line \(line.number) has another \"url\" than its batch, which is for \(endpoint.rawValue)",
                    code: "invalid_url"
                )
            )
        }
        if let refusal { item.item.call = .failure(refusal) }
        return item
    }
}
