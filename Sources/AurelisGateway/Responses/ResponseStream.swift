internal import Aurelis
internal import AurelisJSON

/// Turns the chunks of a completion into the events of a response. No I/O: chunks in, events out.
///
///     var stream = ResponseStream(frame)
///     while let event = try await reply.next() { send(try stream.take(event)) }
///
/// The response ends with the completion's `[DONE]`, after which its usage is known; `[DONE]` itself is not passed on.
/// What is held of the answer is bounded: one that is longer is an error, which `fail` tells like any other.
struct ResponseStream {
    private enum Phase {
        case waiting
        case open
        case ended
    }

    private let frame: ResponseFrame
    private let maximumSize: Int
    private var output: ResponseOutput
    private var origin: ResponseFrame.Origin
    private var phase = Phase.waiting
    private var finishReason: String?
    private var usage = JSONFragment.null
    private var number = 0

    /// The most that is taken of a whole answer as well.
    static let maximumSize = 16 << 20

    init(_ frame: ResponseFrame, maximumSize: Int = Self.maximumSize) {
        self.frame = frame
        self.maximumSize = maximumSize
        output = ResponseOutput(frame)
        origin = frame.origin(nil)
    }

    /// The events that take the place of one; none for comments.
    ///
    /// - Throws: when the answer is too long.
    mutating func take(_ event: ProviderEvent) throws(ModelError) -> [ResponseEvent] {
        guard phase != .ended else { return [] }
        var events: [ResponseEvent] = []
        if let chunk = event.chunk {
            begin(with: chunk, &events)
            take(chunk, &events)
            if output.size > maximumSize { throw .tooLong(maximumSize) }
        } else if event.isDone {
            begin(with: nil, &events)
            end(&events)
        }
        return events
    }

    /// The rest will not come: what there is, and why it is not all.
    ///
    /// The response fails, and an error follows, which the official clients raise.
    mutating func fail(_ error: ModelError) -> [ResponseEvent] {
        guard phase != .ended else { return [] }
        var events: [ResponseEvent] = []
        begin(with: nil, &events)
        _ = output.close(cut: true)
        phase = .ended
        let document = try? JSONDocument(OpenAIError.document(error), limits: .response)
        let told = document?["error"].map(JSONFragment.raw) ?? .null
        let message = document?["error"]?["message"]?.string ?? error.message
        tell("response.failed", .failed(code: error.responseCode, message: message), &events)
        func member(_ name: String) -> (String, JSONFragment) {
            (name, document?["error"]?[name].map(JSONFragment.raw) ?? .null)
        }
        add("error", [member("code"), member("message"), member("param"), ("error", told)], &events)
        return events
    }

    private mutating func begin(with chunk: JSONDocument?, _ events: inout [ResponseEvent]) {
        guard phase == .waiting else { return }
        phase = .open
        origin = frame.origin(chunk)
        tell("response.created", .inProgress, &events)
        tell("response.in_progress", .inProgress, &events)
    }

    private mutating func take(_ chunk: JSONDocument, _ events: inout [ResponseEvent]) {
        if let usage = chunk["usage"], !usage.isNull { self.usage = ResponseUsage.fragment(of: usage) }
        // One answer was asked for.
        guard let choice = chunk["choices"]?[0], choice["index"]?.int ?? 0 == 0 else { return }
        if let delta = choice["delta"] {
            tell(output.take(delta, logprobs: choice["logprobs"]?["content"]), &events)
        }
        if let reason = choice["finish_reason"]?.string, !reason.isEmpty { finishReason = reason }
    }

    private mutating func end(_ events: inout [ResponseEvent]) {
        let status = ResponseFrame.Status(finishReason: finishReason)
        let isCut = if case .incomplete = status { true } else { false }
        tell(output.close(cut: isCut), &events)
        phase = .ended
        tell(isCut ? "response.incomplete" : "response.completed", status, &events)
    }
}

extension ResponseStream {
    private mutating func add(
        _ type: StaticString,
        _ members: [(String, JSONFragment)],
        _ events: inout [ResponseEvent]
    ) {
        events.append(ResponseEvent(type, number: number, members))
        number += 1
    }

    private mutating func tell(
        _ type: StaticString,
        _ status: ResponseFrame.Status,
        _ events: inout [ResponseEvent]
    ) {
        let response = frame.response(status, origin, output: output.fragments, usage: usage)
        add(type, [("response", response)], &events)
    }

    private mutating func tell(_ changes: [ResponseOutput.Change], _ events: inout [ResponseEvent]) {
        for change in changes {
            switch change {
            case .itemAdded(let index):
                let item = output.items[index].beginning
                add("response.output_item.added", [("output_index", .int(index)), ("item", item)], &events)
            case .partAdded(let index, let part):
                let beginning = output.items[index].parts[part].beginning
                add("response.content_part.added", place(index, part) + [("part", beginning)], &events)
            case .textAdded(let index, let part, let text, let logprobs):
                let place = place(index, part)
                switch output.items[index].parts[part].kind {
                case .text:
                    add("response.output_text.delta", place + [("delta", text), ("logprobs", logprobs)], &events)
                case .refusal: add("response.refusal.delta", place + [("delta", text)], &events)
                }
            case .argumentsAdded(let index, let piece):
                add("response.function_call_arguments.delta", place(index) + [("delta", piece)], &events)
            case .partDone(let index, let part): tellDone(part, of: index, &events)
            case .itemDone(let index): tellDone(index, &events)
            }
        }
    }

    private mutating func tellDone(_ part: Int, of index: Int, _ events: inout [ResponseEvent]) {
        let place = place(index, part)
        let done = output.items[index].parts[part]
        let text = done.text.fragment
        switch done.kind {
        case .text: add("response.output_text.done", place + [("text", text), ("logprobs", done.allLogprobs)], &events)
        case .refusal: add("response.refusal.done", place + [("refusal", text)], &events)
        }
        add("response.content_part.done", place + [("part", done.fragment)], &events)
    }

    private mutating func tellDone(_ index: Int, _ events: inout [ResponseEvent]) {
        let item = output.items[index]
        if let call = item.call {
            let members = [("name", call.name), ("arguments", call.arguments.fragment)]
            add("response.function_call_arguments.done", place(index) + members, &events)
        }
        add("response.output_item.done", [("output_index", .int(index)), ("item", item.fragment)], &events)
    }

    private func place(_ index: Int) -> [(String, JSONFragment)] {
        [("item_id", .string(output.items[index].id)), ("output_index", .int(index))]
    }

    private func place(_ index: Int, _ part: Int) -> [(String, JSONFragment)] {
        place(index) + [("content_index", .int(part))]
    }
}

/// As bytes, for the connection.
extension ResponseStream {
    /// What takes the place of an event. Comments stay as they are.
    mutating func bytes(for event: ProviderEvent) throws(ModelError) -> [UInt8] {
        event.chunk == nil && !event.isDone ? event.raw : Self.bytes(try take(event))
    }

    mutating func bytes(failing error: ModelError) -> [UInt8] { Self.bytes(fail(error)) }

    private static func bytes(_ events: [ResponseEvent]) -> [UInt8] {
        var bytes: [UInt8] = []
        for event in events { event.append(to: &bytes) }
        return bytes
    }
}

extension ModelError {
    fileprivate static func tooLong(_ limit: Int) -> ModelError {
        ModelError(.upstream, "the answer is longer than \(limit) bytes", code: "answer_too_long")
    }
}
