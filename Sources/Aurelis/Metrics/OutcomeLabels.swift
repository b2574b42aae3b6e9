/// How requests end, as a label, where it is not a failure's category.
enum OutcomeLabels {
    /// The whole answer.
    static let answered = RequestRecord.Outcome.answered.rawValue
    /// Nobody serves such a model. `model_unavailable` is left for models that are there, and cannot be asked now.
    static let unknownModel = "unknown_model"
}
