/// A few paragraphs that fit nearly any question, and say what they are.
enum ProseSample {
    static func greeting(by model: SimulatedModel, _ generator: inout SeededGenerator) -> String {
        heading(model) + generator.pick(greetings) + " " + generator.pick(offers)
    }

    static func documentation(
        _ topic: QuestionTopic,
        by model: SimulatedModel,
        _ generator: inout SeededGenerator
    ) -> String {
        heading(model) + """
            ## Overview

            You asked: "\(topic.subject)". \(generator.pick(openings)) \(generator.pick(bodies))

            ## How it works

            1. \(generator.pick(steps[0]))
            2. \(generator.pick(steps[1]))
            3. \(generator.pick(steps[2]))

            ## Notes

            \(generator.pick(fillers)) \(generator.pick(closings))
            """
    }

    static func general(
        _ topic: QuestionTopic,
        by model: SimulatedModel,
        _ generator: inout SeededGenerator
    ) -> String {
        let subject = topic.subject.isEmpty ? "" : "You asked: \"\(topic.subject)\". "
        return heading(model) + subject + generator.pick(openings) + " " + generator.pick(bodies) + "\n\n"
            + generator.pick(fillers) + " " + generator.pick(fillers) + " " + generator.pick(closings)
    }

    private static func heading(_ model: SimulatedModel) -> String { "Simulated answer by \(model.id).\n\n" }

    private static let greetings = [
        "Hello! It is good to hear from you.",
        "Hello there, and welcome.",
        "Hi! This is the simulator speaking.",
        "Good day to you.",
    ]

    private static let offers = [
        "Ask me for some code or for documentation, and you will get a sample of it.",
        "No real model was asked, so this greeting cost nothing.",
        "The same question will always get this same answer.",
    ]

    private static let openings = [
        "A real model would look at the details first; the simulator only shows the shape of an answer.",
        "Here is the short version, followed by what a longer answer would contain.",
        "There are two sides to this, and both deserve a sentence.",
        "The answer depends on what you already have, so here is the common case.",
    ]

    private static let bodies = [
        "Begin with the smallest version that works, measure it, and let the numbers decide what comes next.",
        "State the goal in one sentence, list what must stay true, and derive the rest from those two.",
        "Keep the parts that change often apart from those that do not, and give each a name of its own.",
        "Write down what happens on failure before you write down what happens on success.",
    ]

    private static let steps = [
        [
            "The input is checked once, at the border, and trusted from there on.",
            "The caller describes what is needed as a plain value.",
            "A request arrives and is given an identifier.",
        ],
        [
            "The work is done by one small part that knows nothing of the network.",
            "Each rule is looked up in a table rather than spread over the code.",
            "Everything that waits has a limit, and everything that is kept has a bound.",
        ],
        [
            "The result is returned together with what it cost.",
            "The outcome is recorded, so that the decision can be explained later.",
            "Errors carry their cause, their place and what to do about them.",
        ],
    ]

    /// Sentences that can follow any other.
    static let fillers = [
        "Small steps with a test behind each are faster than they look.",
        "A name that needs a comment is usually the wrong name.",
        "What is measured can be discussed; what is guessed can only be argued about.",
        "Defaults should be right for most people, and easy to change for the rest.",
        "The best place for an exception is a table with one row for it.",
        "If two parts change together, they probably belong together.",
        "Reading happens more often than writing, so it deserves the better seat.",
    ]

    private static let closings = [
        "This text was made from a template and knows nothing beyond it.",
        "No model was consulted for this answer.",
        "Treat every statement here as filler: it is simulated.",
    ]
}
