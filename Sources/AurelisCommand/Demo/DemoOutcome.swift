/// What came of a scene: read from the gateway's answer and from the provider's own log, nothing else.
struct DemoOutcome: Sendable {
    /// The HTTP status of the gateway's answer.
    var status: Int
    /// `x-aurelis-model`; nil when nobody answered.
    var model: String?
    /// `x-aurelis-route`: the way in words.
    var route: String?
    /// `x-aurelis-attempts`.
    var attempts: Int?
    /// `x-aurelis-cache`: what the cache had to do with it.
    var cache: String?
    /// `x-aurelis-hint`: the way out of a failure.
    var hint: String?
    /// The answer's text, or the error's message.
    var text = ""
    /// In how many pieces the text came.
    var pieces = 0
    /// Whether the stream came to a proper end.
    var isComplete = true
    /// From the request to the first text.
    var firstText: Duration?
    /// From the request to the last byte.
    var duration: Duration
    /// What the provider logged meanwhile.
    var seen: [Seen] = []

    /// A request as the provider saw it.
    struct Seen: Sendable, Hashable, CustomStringConvertible {
        /// The model's name on the provider's wire; nil when the request was refused before anybody looked.
        let model: String?
        /// The provider's answer.
        let status: Int

        var description: String { model.map { "\($0) \(status)" } ?? "\(status)" }
    }

    /// What did not go as the scene expects; empty when all did.
    func problems(_ expectation: DemoScene.Expectation) -> [String] {
        var problems: [String] = []
        func expect(_ holds: Bool, _ problem: String) { if !holds { problems.append(problem) } }

        switch expectation {
        case .answered(let name), .streamed(let name):
            expect(status == 200, "the status is \(status), not 200")
            expect(model == name, "\(model ?? "nobody") answered, not \(name)")
            expect(seen.map(\.status) == [200], "the provider saw \(seenInWords)")
            if case .streamed = expectation {
                expect(pieces > 1 && isComplete, "the answer came in \(pieces) pieces, complete: \(isComplete)")
            }
        case .fallenBack(let name):
            expect(status == 200, "the status is \(status), not 200")
            expect(model != nil && model != name, "\(model ?? "nobody") answered")
            expect(seen.contains { $0.status == 503 }, "the provider never failed: it saw \(seenInWords)")
        case .waited(let name, let wait):
            expect(status == 200, "the status is \(status), not 200")
            expect(model == name, "\(model ?? "nobody") answered, not \(name)")
            expect(seen.map(\.status) == [429, 200], "the provider saw \(seenInWords)")
            expect(duration >= wait, "the answer came after \(duration.readable), sooner than was asked for")
        case .continued(let name):
            expect(status == 200, "the status is \(status), not 200")
            expect(model == name, "\(model ?? "nobody") answered, not \(name)")
            expect(seen.map(\.status) == [200, 200], "the provider saw \(seenInWords)")
            expect(pieces > 1 && isComplete, "the answer came in \(pieces) pieces, complete: \(isComplete)")
        case .cached(let name):
            expect(status == 200, "the status is \(status), not 200")
            expect(model == name, "\(model ?? "nobody") answered, not \(name)")
            expect(seen.isEmpty, "the provider saw \(seenInWords)")
            expect(cache?.hasPrefix("hit") == true, "the cache says \(cache ?? "nothing")")
        case .refused(let expected):
            expect(status == expected, "the status is \(status), not \(expected)")
            expect(seen.map(\.status) == [expected], "the provider saw \(seenInWords)")
        }
        if let attempts { expect(attempts == seen.count, "\(attempts) attempts claimed, \(seen.count) seen") }
        return problems
    }

    /// `gpt-4o 503 ×3, llama-3.1-405b 200`
    var seenInWords: String {
        seen.isEmpty ? "nothing" : DemoOutcome.counted(seen.map(\.description))
    }

    /// The route field as a person reads it: `gpt-4o upstream ×3, llama-3.1-405b ok`.
    var routeInWords: String? {
        route.map { route in
            DemoOutcome.counted(
                route.split(separator: ">").map { step in
                    guard let colon = step.lastIndex(of: ":") else { return String(step) }
                    return "\(step[..<colon]) \(step[step.index(after: colon)...])"
                }
            )
        }
    }

    /// Neighbours that are equal become one with their number.
    static func counted(_ steps: [String]) -> String {
        var runs: [(step: String, count: Int)] = []
        for step in steps {
            if runs.last?.step == step {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((step, 1))
            }
        }
        return runs.map { $0.count == 1 ? $0.step : "\($0.step) ×\($0.count)" }.joined(separator: ", ")
    }

    /// The outcome in two or three words, for the table.
    var verdict: String {
        let failures = Set(seen.map(\.status).filter { $0 != 200 }).sorted().map(String.init).joined(separator: ", ")
        guard status == 200 else { return "refused with \(status)" }
        if seen.isEmpty { return "from the cache" }
        if pieces > 1 { return seen.count > 1 ? "continued" : "\(pieces) pieces" }
        return failures.isEmpty ? "answered" : "answered despite \(failures)"
    }
}
