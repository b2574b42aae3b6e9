internal import AurelisJSON

/// Tells an answer from something that only came with status 200.
enum AnswerValidator {
    /// - Throws: `upstream` for a document that holds no answer; `contentFilter` for one that a filter emptied.
    static func validate(_ document: JSONDocument, of operation: ModelOperation) throws(ModelError) {
        switch operation {
        case .chatCompletion: try validateChat(document)
        case .embedding: try validateEmbeddings(document)
        }
    }

    private static func validateChat(_ document: JSONDocument) throws(ModelError) {
        guard let choices = document["choices"], choices.kind == .array else {
            throw ModelError(.upstream, "the provider's answer has no choices", code: "invalid_answer")
        }
        guard let first = choices[0] else {
            throw ModelError(.upstream, "the provider's answer has an empty list of choices", code: "empty_choices")
        }
        guard let message = first["message"], message.kind == .object else {
            throw ModelError(.upstream, "the provider's first choice has no message", code: "invalid_answer")
        }
    }

    private static func validateEmbeddings(_ document: JSONDocument) throws(ModelError) {
        guard let data = document["data"], data.kind == .array, data[0] != nil else {
            throw ModelError(.upstream, "the provider's answer has no embeddings", code: "invalid_answer")
        }
    }
}
