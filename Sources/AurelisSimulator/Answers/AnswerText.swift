/// Writes the text of an answer: plausible, and plainly marked as simulated.
///
///     AnswerText(question: "Write a Swift function ...", model: model, seed: 1).text
///     // // simulated answer by mistral-ai/codestral-2501
///     // func words(in text: String) -> [Substring] { ...
///
/// The same model, question and seed give the same text.
struct AnswerText {
    let text: String

    init(question: String, model: SimulatedModel, seed: UInt64) {
        var hash = StableHash(seed: seed)
        hash.combine(model.id)
        hash.combine(question)
        var generator = SeededGenerator(seed: hash.value)
        let topic = QuestionTopic(question)
        text =
            switch topic.kind {
            case .code(let language): CodeSample.answer(topic, in: language, by: model, &generator)
            case .documentation: ProseSample.documentation(topic, by: model, &generator)
            case .greeting: ProseSample.greeting(by: model, &generator)
            case .general: ProseSample.general(topic, by: model, &generator)
            }
    }

    /// The text stretched with prose to some number of tokens, or cut to it.
    static func stretched(_ text: String, tokens: Int, seed: UInt64) -> String {
        var text = text
        var count = SimpleTokenizer.count(text)
        var generator = SeededGenerator(seed: seed)
        while count < tokens {
            let sentence = " " + generator.pick(ProseSample.fillers)
            text += sentence
            count += SimpleTokenizer.count(sentence)
        }
        return SimpleTokenizer.prefix(text, tokens: tokens).text
    }
}
