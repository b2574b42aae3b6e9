internal import Aurelis

/// One scene of the demo: a request, and what must come of it.
struct DemoScene: Sendable {
    /// What the scene shows, as a heading.
    let title: String
    /// The same in a few words, for the table at the end.
    let name: String
    /// The `model` of the request: a name, or `auto/<task>`.
    let model: String
    /// The question.
    let prompt: String
    /// Whether the answer is streamed.
    var streams = false
    /// Which gateway is asked.
    var gateway = Gateway.main
    /// How it comes about, where the facts alone do not tell.
    var explanation: String?
    /// What must hold of the outcome; anything else fails the demo.
    let expectation: Expectation

    /// The task that the request names; nil when it names a model.
    var task: TaskType? {
        guard model.hasPrefix("auto/") else { return nil }
        return try? TaskType(parsing: String(model.dropFirst("auto/".count)))
    }

    /// The two gateways of the demo.
    enum Gateway: Sendable {
        /// The one with a good credential.
        case main
        /// The one whose credential the provider refuses.
        case badToken
    }

    /// A rule for an outcome.
    enum Expectation: Sendable {
        /// The first choice answers at the first attempt.
        case answered(by: String)
        /// As `answered`, in pieces.
        case streamed(by: String)
        /// The first model fails, a later one answers.
        case fallenBack(from: String)
        /// The model refuses with 429 at first, is given the time it asked for, and answers.
        case waited(model: String, atLeast: Duration)
        /// The stream breaks in its middle and is continued where it broke.
        case continued(by: String)
        /// A kept answer is given again; the provider sees nothing.
        case cached(by: String)
        /// The request is refused with this status after one attempt.
        case refused(status: Int)
    }
}

extension DemoScene {
    /// The story, in its order.
    static let story: [DemoScene] = [
        DemoScene(
            title: "A code task finds its model",
            name: "routed task",
            model: "auto/codeGeneration",
            prompt: "Write a Swift function that reverses a string.",
            expectation: .answered(by: "codestral-2501")
        ),
        DemoScene(
            title: "A documentation task streams its answer",
            name: "streamed answer",
            model: "auto/documentation",
            prompt: "Document a function that parses ISO 8601 dates.",
            streams: true,
            expectation: .streamed(by: "command-r")
        ),
        DemoScene(
            title: "The same question again costs nothing",
            name: "cached answer",
            model: "auto/documentation",
            prompt: "Document a function that parses ISO 8601 dates.",
            streams: true,
            explanation: "the stream was kept as it passed; asked again, it is replayed from memory",
            expectation: .cached(by: "command-r")
        ),
        DemoScene(
            title: "A failing model is replaced before anybody notices",
            name: "fallback",
            model: "auto/complexReasoning",
            prompt: "Should a queue or a log connect our two services?",
            expectation: .fallenBack(from: "gpt-4o")
        ),
        DemoScene(
            title: "A rate limit is waited out, as the provider asks",
            name: "rate limit",
            model: "auto/translation",
            prompt: "Translate into French: the cat sleeps.",
            expectation: .waited(model: "gpt-4o-mini", atLeast: .seconds(2))
        ),
        DemoScene(
            title: "A stream that breaks is continued, word by word where it broke",
            name: "broken stream",
            model: "auto/explanation",
            prompt: "Explain what a write-ahead log is for.",
            streams: true,
            explanation: "the provider cut the stream in its middle; asked again, it told the same, and what had been "
                + "shown already was left out",
            expectation: .continued(by: "command-r")
        ),
        DemoScene(
            title: "A bad token is reported at once and never retried",
            name: "bad token",
            model: "auto/general",
            prompt: "Say hello.",
            gateway: .badToken,
            expectation: .refused(status: 401)
        ),
    ]
}
