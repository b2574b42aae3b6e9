internal import Aurelis
internal import AurelisJSON
internal import AurelisTransport

/// Reads what a server-sent event means in a stream of completions.
enum StreamEvent {
    /// - Throws: the error that the event carries; `upstream` for data that is no JSON object.
    static func event(
        _ event: ServerSentEvent,
        errors: (JSONValue) -> ModelError
    ) throws(ModelError) -> ProviderEvent {
        if isDone(event.data) { return ProviderEvent(raw: event.raw, chunk: nil, isDone: true) }
        // An empty `data:` line keeps a connection alive.
        guard event.data.contains(where: { $0 > 0x20 }) else { return ProviderEvent(raw: event.raw, chunk: nil) }
        let chunk: JSONDocument
        do {
            chunk = try JSONDocument(event.data, limits: .response)
        } catch {
            throw malformed("\(error)")
        }
        guard chunk.root.kind == .object else { throw malformed("it holds no JSON object") }
        if let error = chunk["error"], !error.isNull { throw errors(chunk.root) }
        // Anthropic's way, which some gateways pass on.
        if event.event == "error" { throw errors(chunk.root) }
        return ProviderEvent(raw: event.raw, chunk: chunk)
    }

    /// A comment, for one that was skipped.
    static let keepAlive = ProviderEvent(raw: Array(":\n\n".utf8), chunk: nil)

    /// The last event of a stream that ended without a blank line: whole, or cut off.
    static func unfinished(
        _ event: ServerSentEvent,
        errors: (JSONValue) -> ModelError
    ) throws(ModelError) -> ProviderEvent {
        do throws(ModelError) {
            var whole = try self.event(event, errors: errors)
            whole.raw += Array("\n\n".utf8)
            return whole
        } catch  where error.code == malformedCode {
            throw ModelError(.connection, "the stream ended inside an event", code: "stream_truncated")
        }
    }

    private static let malformedCode = "malformed_event"

    private static func malformed(_ reason: String) -> ModelError {
        ModelError(.upstream, "an event of the provider's stream is malformed: \(reason)", code: malformedCode)
    }

    private static func isDone(_ data: [UInt8]) -> Bool {
        guard (done.count...done.count + 8) ~= data.count else { return false }
        return data.starts(with: done) && data.dropFirst(done.count).allSatisfy { $0 <= 0x20 }
    }

    private static let done = Array("[DONE]".utf8)
}
