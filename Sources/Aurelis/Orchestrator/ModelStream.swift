internal import AurelisJSON
internal import Synchronization

/// A streamed answer in the library's vocabulary: pieces as they come, and the whole at the end.
///
///     while let delta = try await stream.next() { print(delta.content, terminator: "") }
///     let response = stream.response
///
/// One consumer at a time. Dropping it, or cancelling the task, ends the upstream call.
public final class ModelStream: Sendable {
    /// A piece of the answer.
    public struct Delta: Sendable, Hashable {
        /// The text that was added; empty when only tool calls grew.
        public var content: String
        /// Parts of tool calls that were added.
        public var toolCalls: [ToolCallDelta]
        /// Whether what came before counts no more: the answer begins again, as `allowsRestart` permits.
        public var restarts = false
    }

    /// A piece of a tool call.
    public struct ToolCallDelta: Sendable, Hashable {
        /// Which call it belongs to.
        public var index: Int
        /// The call's id, in its first piece.
        public var id: String?
        /// The function's name, in its first piece.
        public var name: String?
        /// The arguments' text that was added.
        public var arguments: String
    }

    private let events: ReplyStream
    private let start: ContinuousClock.Instant
    private let time: any TimeSource
    private let assembled: Mutex<ModelResponse>

    init(
        _ events: ReplyStream,
        reply: ModelReply,
        call: ModelCall,
        start: ContinuousClock.Instant,
        time: any TimeSource
    ) {
        self.events = events
        self.start = start
        self.time = time
        self.assembled = Mutex(
            ModelResponse(
                id: call.id,
                content: "",
                toolCalls: [],
                modelRequested: call.model,
                modelUsed: reply.model,
                provider: reply.provider,
                task: call.task,
                processingTime: .zero,
                trace: reply.trace
            )
        )
    }

    deinit { events.cancel() }

    /// The next piece, or nil once the answer is complete.
    ///
    /// - Throws: `connection`, `timeout` or `upstream` when the rest of the answer will not come; `response` holds what
    ///   came before.
    public func next() async throws(ModelError) -> Delta? {
        while let event = try await events.next() {
            if event.isRestart {
                assembled.withLock {
                    $0.content = ""
                    $0.toolCalls = []
                }
                return Delta(content: "", toolCalls: [], restarts: true)
            }
            guard let delta = event.chunk?["choices"]?[0]?["delta"].map(Delta.init(reading:)) else { continue }
            guard !delta.isEmpty else { continue }
            assembled.withLock { $0.append(delta) }
            return delta
        }
        return nil
    }

    /// Gives the answer up; the upstream call ends.
    public func cancel() { events.cancel() }

    /// The answer so far; whole once `next()` has returned nil.
    public var response: ModelResponse {
        var response = assembled.withLock { $0 }
        response.finishReason = events.finishReason
        response.usage = events.usage
        if let continuation = events.continuation {
            response.modelUsed = continuation.route.model
            response.provider = continuation.route.provider
            response.trace = continuation.trace
        }
        response.processingTime = start.duration(to: time.now)
        return response
    }
}

extension ModelStream.Delta {
    init(reading delta: JSONValue) {
        content = delta["content"]?.string ?? delta["refusal"]?.string ?? ""
        toolCalls = []
        guard let calls = delta["tool_calls"], calls.kind == .array else { return }
        for call in calls.elements {
            toolCalls.append(
                ModelStream.ToolCallDelta(
                    index: call["index"]?.int ?? 0,
                    id: call["id"]?.string,
                    name: call["function"]?["name"]?.string,
                    arguments: call["function"]?["arguments"]?.string ?? ""
                )
            )
        }
    }

    var isEmpty: Bool { content.isEmpty && toolCalls.isEmpty }
}

extension ModelResponse {
    /// No answer asks for more calls at once; a larger index is a defect of the provider.
    private static let maximumToolCalls = 1_024

    fileprivate mutating func append(_ delta: ModelStream.Delta) {
        content += delta.content
        for piece in delta.toolCalls where (0..<Self.maximumToolCalls).contains(piece.index) {
            while toolCalls.count <= piece.index { toolCalls.append(ToolCall(id: "", name: "", arguments: "")) }
            if let id = piece.id { toolCalls[piece.index].id = id }
            if let name = piece.name { toolCalls[piece.index].name = name }
            toolCalls[piece.index].arguments += piece.arguments
        }
    }
}
