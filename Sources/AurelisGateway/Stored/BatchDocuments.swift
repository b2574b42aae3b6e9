internal import Aurelis
internal import AurelisJSON

/// Batches in OpenAI's shape, with a member `aurelis` for what that has no place for.
enum BatchDocuments {
    static func batch(_ batch: BatchRecord) -> [UInt8] {
        var json = JSONWriter(capacity: 1_024)
        write(batch, to: &json)
        return json.bytes
    }

    static func list(_ page: StoredPage<BatchRecord>) -> [UInt8] {
        var json = JSONWriter(capacity: 64 + 1_024 * page.elements.count)
        json.list(page, id: \.id) { write($0, to: &$1) }
        return json.bytes
    }

    private static func write(_ batch: BatchRecord, to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", batch.id)
        json.field("object", "batch")
        json.field("endpoint", batch.endpoint.rawValue)
        json.key("errors")
        write(batch.fault, to: &json)
        json.field("input_file_id", batch.input)
        json.field("completion_window", batch.window)
        json.field("status", batch.status.rawValue)
        json.key("output_file_id")
        json.optional(batch.output)
        json.key("error_file_id")
        json.optional(batch.errors)
        json.field("created_at", Int(batch.created))
        for status in BatchRecord.Status.allCases where status != .validating {
            json.key("\(status.rawValue)_at")
            json.optional(batch.moments[status])
        }
        json.field("expires_at", Int(batch.deadline))
        json.key("request_counts")
        json.beginObject()
        json.field("total", batch.total)
        json.field("completed", batch.answered)
        json.field("failed", batch.failed)
        json.endObject()
        json.key("metadata")
        json.beginObject()
        for note in batch.metadata { json.field(note.name, note.value) }
        json.endObject()
        json.key("aurelis")
        json.beginObject()
        json.field("priority", batch.priority.rawValue)
        json.field("parked", batch.parked)
        json.key("resumes_at")
        json.optional(batch.resumes)
        json.endObject()
        json.endObject()
    }

    private static func write(_ fault: BatchRecord.Fault?, to json: inout JSONWriter) {
        guard let fault else { return json.null() }
        json.beginObject()
        json.field("object", "list")
        json.key("data")
        json.beginArray()
        json.beginObject()
        json.field("code", fault.code)
        json.field("message", fault.message)
        json.key("param")
        json.null()
        json.key("line")
        json.null()
        json.endObject()
        json.endArray()
        json.endObject()
    }
}
