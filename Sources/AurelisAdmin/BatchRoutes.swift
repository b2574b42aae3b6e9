internal import Aurelis
internal import AurelisJSON
internal import Hummingbird

/// The work that clients have left here: every batch that has not ended, whose it is, and what it waits for.
struct BatchRoutes {
    let open: @Sendable (_ limit: Int) async throws -> (batches: [BatchRecord], open: Int)

    func add(to router: RouterGroup<BasicRequestContext>) {
        router.get("batches") { [open] request, _ in
            let parameters = try QueryParameters(request, knowing: ["limit"])
            let found = try await open(try parameters.number("limit", in: 1...1_000) ?? 100)
            var json = JSONWriter()
            json.beginObject()
            json.field("open", found.open)
            json.key("batches")
            json.beginArray()
            for batch in found.batches { Self.write(batch, to: &json) }
            json.endArray()
            json.endObject()
            return Response(json: json)
        }
    }

    /// What the client notes beside the batch is the client's own.
    private static func write(_ batch: BatchRecord, to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", batch.id)
        json.field("tenant", batch.tenant)
        json.field("endpoint", batch.endpoint.rawValue)
        json.field("status", batch.status.rawValue)
        json.field("priority", batch.priority.rawValue)
        json.field("created", TimeStamp(milliseconds: batch.created * 1_000).description)
        json.field("expires", TimeStamp(milliseconds: batch.deadline * 1_000).description)
        json.field("total", batch.total)
        json.field("completed", batch.answered)
        json.field("failed", batch.failed)
        json.field("parked", batch.parked)
        if let resumes = batch.resumes {
            json.field("resumes", TimeStamp(milliseconds: resumes * 1_000).description)
        }
        json.endObject()
    }
}
