internal import AurelisJSON
internal import AurelisTransport
internal import NIOPosix

/// The story: plays every scene and sums up what was seen.
struct Demo {
    let stage: DemoStage
    let output: TextOutput

    /// Plays the story.
    ///
    /// - Returns: whether every scene went as it should.
    func play() async throws -> Bool {
        let http = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
        do {
            let hasSucceeded = try await play(DemoClient(http))
            await http.shutdown()
            return hasSucceeded
        } catch {
            await http.shutdown()
            throw error
        }
    }

    private func play(_ client: DemoClient) async throws -> Bool {
        let narrator = DemoNarrator(output)
        try narrator.say(
            "A simulated provider at \(stage.simulator) and a gateway at \(stage.gateway), both on this machine. "
                + "Every request below is sent over HTTP to the gateway, as any OpenAI client would send it."
        )
        var results: [(scene: DemoScene, outcome: DemoOutcome, problems: [String])] = []
        for (index, scene) in DemoScene.story.enumerated() {
            try narrator.open(scene, number: index + 1, routing: stage.routing)
            let outcome = try await play(scene, client, narrator)
            let problems = outcome.problems(scene.expectation)
            try narrator.close(scene, outcome, problems: problems)
            results.append((scene, outcome, problems))
        }
        try narrator.table(results)
        return results.allSatisfy(\.problems.isEmpty)
    }

    private func play(_ scene: DemoScene, _ client: DemoClient, _ narrator: DemoNarrator) async throws -> DemoOutcome {
        let before = try await Demo.seen(client, by: stage.simulator).count
        let gateway = scene.gateway == .main ? stage.gateway : stage.gatewayWithBadToken
        var live: DemoLiveText?
        var outcome = try await client.play(scene, at: gateway) { text, isError in
            if live == nil { live = try narrator.live(isError ? "error" : "answer") }
            // A stream is shown as it comes, a whole answer by its beginning.
            try live?.print(scene.streams ? text : Demo.excerpt(text))
        }
        try live?.finish()
        if case .continued = scene.expectation {
            // The headers were sent before the stream broke: what they say of attempts is not the whole.
            outcome.attempts = nil
            outcome.route = nil
        }
        outcome.seen = Array(try await Demo.seen(client, by: stage.simulator).dropFirst(before))
        return outcome
    }

    private static func excerpt(_ text: String) -> String {
        guard text.count > 160 else { return text }
        let beginning = text.prefix(160)
        return beginning[..<(beginning.lastIndex(where: \.isWhitespace) ?? beginning.endIndex)] + " …"
    }

    /// What the provider has logged, read where a test would read it.
    static func seen(_ client: DemoClient, by simulator: HTTPOrigin) async throws -> [DemoOutcome.Seen] {
        let log = try await client.document("/_simulator/requests", at: simulator)
        guard let requests = log["requests"], requests.kind == .array else { return [] }
        return requests.elements.map { request in
            DemoOutcome.Seen(model: request["model"]?.string, status: request["status"]?.int ?? 0)
        }
    }
}
