internal import Aurelis

extension CommandFailure {
    /// A request that found no answer.
    ///
    /// - Parameter clock: says the time of day after a wait, such as `14:03:12`.
    init(_ error: ModelError, clock: (Duration) -> String = TimeOfDay.after) {
        self.init(CommandStatus(error), CommandFailure.headline(error))
        if let wait = error.retryAfter, status == .exhausted {
            hints.append("try again in \(wait.briefly), at \(clock(wait))")
        }
        if let hint = error.hint { hints.append(hint) }
        if let detail = error.detail { hints.append(detail) }
        if let fallback = CommandFailure.wayOut(error), error.hint == nil, error.detail == nil {
            hints.append(fallback)
        }
        if let attempts = error.trace?.attempts, attempts.count > 1 {
            hints.append("\(attempts.count) attempts; --explain shows each")
        }
    }

    private static func headline(_ error: ModelError) -> String {
        // The platform's own words do not say it: its 410 speaks of a brownout to the end.
        var text = error.category == .retired ? "retired: \(error.message)" : error.message
        var details: [String] = []
        if let model = error.model, let provider = error.provider { details.append("\(model) at \(provider)") }
        if let status = error.status { details.append("HTTP \(status)") }
        if let id = error.providerRequestID { details.append("request \(id)") }
        if text.last == "." { text.removeLast() }
        if !details.isEmpty { text += " (\(details.joined(separator: ", ")))" }
        return text
    }

    /// What helps with most failures of a kind, for errors that bring no hint of their own.
    private static func wayOut(_ error: ModelError) -> String? {
        switch error.category {
        case .authentication: "check the credential that the provider's `api_key` names"
        case .permission: "the credential is good but lacks the right to this model"
        case .retired: "choose another provider: --provider PRESET, or `aurelis config init`"
        case .timeout: "--deadline gives it longer"
        case .connection: "check the provider's address and the network; `aurelis config show` prints it"
        case .contextLength: "shorten the prompt, or name a model with a larger window with -m"
        case .quota: "the budget or plan is used up; waiting alone does not bring it back"
        default: nil
        }
    }
}
