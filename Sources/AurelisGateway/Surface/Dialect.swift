/// In which of OpenAI's protocols a model is asked.
enum Dialect {
    /// Chat completions and embeddings: as providers take them.
    case completions
    /// Responses, which are translated on their way in and out.
    case responses
}
