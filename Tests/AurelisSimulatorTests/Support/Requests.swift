import NIOCore

@testable import AurelisSimulator

/// Requests that tests send.
enum Sample {
    static let token = SimulatorCredentials.exampleToken

    static func request(
        _ method: String,
        _ path: String,
        _ body: String = "",
        token: String? = Sample.token,
        headers: [String] = [],
        version: String = "1.1"
    ) -> String {
        var lines = ["\(method) \(path) HTTP/\(version)", "host: localhost", "content-length: \(body.utf8.count)"]
        if let token { lines.append("authorization: Bearer \(token)") }
        return (lines + headers).joined(separator: "\r\n") + "\r\n\r\n" + body
    }

    static func chat(
        _ model: String = "openai/gpt-4o-mini",
        _ question: String = "Say hello in one sentence.",
        stream: Bool = false,
        more: String = ""
    ) -> String {
        let stream = stream ? #","stream":true"# : ""
        return #"{"model":"\#(model)","messages":[{"role":"user","content":"\#(question)"}]\#(stream)\#(more)}"#
    }
}

/// Sends one request on a connection of its own.
func exchange(
    _ address: SocketAddress,
    _ method: String = "POST",
    _ path: String = "/inference/chat/completions",
    _ body: String = "",
    token: String? = Sample.token,
    headers: [String] = []
) async throws -> WireResponse {
    try await withConnection(to: address) { connection in
        try await connection.send(Sample.request(method, path, body, token: token, headers: headers))
        return try await connection.response(headOnly: method == "HEAD")
    }
}

/// A simulator that answers any number of requests, on a clock that stands still.
func unlimited(
    _ change: (inout SimulatorConfiguration) -> Void = { _ in }
) -> SimulatorConfiguration {
    var configuration = SimulatorConfiguration(enforcesQuotas: false)
    change(&configuration)
    return configuration
}

/// Interprets a request as the current host does.
func interpret(
    _ body: String,
    on surface: Surface = .current,
    tier: SimulatorTier = .pro,
    seed: UInt64 = 1
) -> Interpretation {
    RequestInterpreter(tier: tier, seed: seed).interpretChat(Array(body.utf8), on: surface)
}

extension Interpretation {
    var answer: ChatAnswer? {
        guard case .chat(let answer) = outcome else { return nil }
        return answer
    }

    var refusal: PlatformError? {
        guard case .refused(let error) = outcome else { return nil }
        return error
    }

    /// The text of the first choice.
    var text: String? { answer?.choices.first?.content }
}

extension PlatformError {
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// Sends a plain chat request on a connection of its own.
func ask(
    _ address: SocketAddress,
    _ body: String = Sample.chat(),
    token: String? = Sample.token
) async throws -> WireResponse {
    try await exchange(address, "POST", "/inference/chat/completions", body, token: token)
}
