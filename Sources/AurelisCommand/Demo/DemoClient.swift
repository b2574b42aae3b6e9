internal import AurelisJSON
internal import AurelisTransport

/// A client like any other: it knows the gateway's address and the OpenAI API.
struct DemoClient: Sendable {
    private let http: HTTPClient
    private let clock = ContinuousClock()

    init(_ http: HTTPClient) { self.http = http }

    /// Plays a scene's request; text is handed on as it comes.
    func play(
        _ scene: DemoScene,
        at origin: HTTPOrigin,
        onText: (_ text: String, _ isError: Bool) throws -> Void
    ) async throws -> DemoOutcome {
        let start = clock.now
        let response = try await http.send(DemoClient.request(scene, to: origin))
        var outcome = DemoOutcome(status: response.status, duration: .zero)
        outcome.model = response.headers["x-aurelis-model"]
        outcome.route = response.headers["x-aurelis-route"]
        outcome.cache = response.headers["x-aurelis-cache"]
        outcome.hint = response.headers["x-aurelis-hint"]
        outcome.attempts = response.headers["x-aurelis-attempts"].flatMap { Int($0) }
        let isStream = response.headers["content-type"]?.hasPrefix("text/event-stream") == true
        if isStream {
            try await read(response.body, into: &outcome, from: start) { try onText($0, false) }
        } else {
            let body = try JSONDocument(try await response.body.collect(upTo: 1 << 20))
            outcome.text = DemoClient.text(of: body)
            outcome.pieces = 1
            outcome.firstText = start.duration(to: clock.now)
            try onText(outcome.text, response.status != 200)
        }
        outcome.duration = start.duration(to: clock.now)
        return outcome
    }

    /// A JSON document by GET.
    func document(_ target: String, at origin: HTTPOrigin) async throws -> JSONDocument {
        let response = try await http.send(HTTPClientRequest(method: "GET", origin: origin, target: target))
        return try JSONDocument(try await response.body.collect(upTo: 4 << 20))
    }

    private func read(
        _ body: HTTPResponseBody,
        into outcome: inout DemoOutcome,
        from start: ContinuousClock.Instant,
        onText: (String) throws -> Void
    ) async throws {
        var parser = ServerSentEventParser()
        outcome.isComplete = false
        while let bytes = try await body.next() {
            parser.append(bytes)
            while let event = try parser.next() {
                if event.data.elementsEqual("[DONE]".utf8) {
                    outcome.isComplete = true
                    continue
                }
                let chunk = try JSONDocument(event.data)
                guard let text = chunk["choices"]?[0]?["delta"]?["content"]?.string, !text.isEmpty else { continue }
                outcome.firstText = outcome.firstText ?? start.duration(to: clock.now)
                outcome.pieces += 1
                outcome.text += text
                try onText(text)
            }
        }
    }

    private static func request(_ scene: DemoScene, to origin: HTTPOrigin) -> HTTPClientRequest {
        var request = HTTPClientRequest(method: "POST", origin: origin, target: "/v1/chat/completions")
        request.headers = ["content-type": "application/json"]
        request.body = scene.body
        if scene.streams { request.timeouts = .streaming }
        return request
    }

    private static func text(of body: JSONDocument) -> String {
        body["choices"]?[0]?["message"]?["content"]?.string ?? body["error"]?["message"]?.string ?? ""
    }
}

extension DemoScene {
    /// The request as any OpenAI client would send it.
    var body: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.field("model", model)
        json.array("messages", [prompt]) { prompt, json in
            json.field("role", "user")
            json.field("content", prompt)
        }
        if streams { json.field("stream", true) }
        json.endObject()
        return json.bytes
    }
}
