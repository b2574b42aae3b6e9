/// A failure that is its caller's to mend: told apart from those of its category that are the operator's or a provider's.
package enum CallerFault: String, Sendable, Hashable {
    /// Nobody serves such a model. `model_unavailable` is left for models that are there, and cannot be asked now.
    case unknownModel = "unknown_model"
    /// Its own key has used up what it may, or is not for this. `rate_limit`, `quota` and `permission` are left for providers.
    case keyLimit = "key_limit"

    /// What a failure was; nil: not the caller's.
    init?(_ failure: ModelError) {
        if failure.key != nil {
            self = .keyLimit
        } else if failure.isUnknownModel {
            self = .unknownModel
        } else {
            return nil
        }
    }
}
