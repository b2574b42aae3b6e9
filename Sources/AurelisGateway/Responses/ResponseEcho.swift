internal import AurelisJSON

/// What a response repeats of its request. `null` where the request says nothing and no default is known.
struct ResponseEcho: Sendable {
    /// Its members, the tier of service aside.
    let members: [(String, JSONFragment)]
    /// The processing that was asked for; what the provider says of it counts more.
    let serviceTier: JSONFragment

    private static let repeated = [
        "instructions", "max_output_tokens", "max_tool_calls", "prompt_cache_key", "reasoning", "safety_identifier",
        "temperature", "top_logprobs", "top_p", "user",
    ]

    /// What is repeated in another form than `null` when the request leaves it out.
    private static let defaults: [(String, JSONFragment)] = [
        ("metadata", [:]), ("parallel_tool_calls", true), ("text", ["format": ["type": "text"]]),
        ("tool_choice", "auto"), ("tools", []),
    ]

    /// What is always so.
    private static let fixed: [(String, JSONFragment)] = [
        ("background", false), ("previous_response_id", .null), ("store", false), ("truncation", "disabled"),
    ]

    init(of body: JSONDocument) {
        func value(_ name: String, else absent: JSONFragment = .null) -> JSONFragment {
            body[name].map { $0.isNull ? absent : .raw($0) } ?? absent
        }
        serviceTier = value("service_tier")
        members =
            Self.repeated.map { ($0, value($0)) } + Self.defaults.map { ($0.0, value($0.0, else: $0.1)) } + Self.fixed
    }
}
