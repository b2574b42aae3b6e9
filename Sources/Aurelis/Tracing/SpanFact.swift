/// One thing that is known of a span: a name out of a fixed list, and a value.
///
///     span.facts.append(SpanFact(.attempts, .number(2)))
///
/// A value of its own because the attributes of swift-distributed-tracing are a dictionary, whose making and reading costs more than all
/// else that a span takes: only a tracer that wants one gets one.
package struct SpanFact: Sendable, Hashable {
    /// What it is.
    package var name: Name
    /// How it is.
    package var value: Value

    /// A fact.
    package init(_ name: Name, _ value: Value) {
        self.name = name
        self.value = value
    }

    /// A value, which tells by whom its text was chosen.
    package enum Value: Sendable, Hashable {
        /// A word of Aurelis's own: nothing to look for in it, and nothing to escape.
        case word(String)
        /// What the configuration or a program calls something.
        case name(String)
        /// What a client or a provider says: it may hold anything.
        case text(String)
        case number(Int)
        case flag(Bool)
    }

    /// The names, OpenTelemetry's where it has one.
    package enum Name: Int, Sendable, CaseIterable {
        case operation, requestModel, responseModel, genAIProvider, inputTokens, outputTokens
        case serverAddress, serverPort, errorType, statusCode
        case requestID, task, outcome, isStream, attempts, cache
        case provider, attempt, cacheLayer, waitReason

        /// As a collector knows it.
        package var text: String {
            switch self {
            case .operation: "gen_ai.operation.name"
            case .requestModel: "gen_ai.request.model"
            case .responseModel: "gen_ai.response.model"
            case .genAIProvider: "gen_ai.provider.name"
            case .inputTokens: "gen_ai.usage.input_tokens"
            case .outputTokens: "gen_ai.usage.output_tokens"
            case .serverAddress: "server.address"
            case .serverPort: "server.port"
            case .errorType: "error.type"
            case .statusCode: "http.response.status_code"
            case .requestID: "aurelis.request_id"
            case .task: "aurelis.task"
            case .outcome: "aurelis.outcome"
            case .isStream: "aurelis.stream"
            case .attempts: "aurelis.attempts"
            case .cache: "aurelis.cache"
            case .provider: "aurelis.provider"
            case .attempt: "aurelis.attempt"
            case .cacheLayer: "aurelis.cache.layer"
            case .waitReason: "aurelis.wait.reason"
            }
        }
    }
}
