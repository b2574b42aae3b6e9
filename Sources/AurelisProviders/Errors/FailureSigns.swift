internal import Aurelis

/// Decides what kind of failure a refusal is.
///
/// The body's own words for it come first where every provider agrees on what they mean, then the status, then what
/// only the message tells.
struct FailureSigns {
    let status: Int
    let body: ErrorBody
    let isPastSunset: Bool

    var category: ModelError.Category {
        if status == 410 || isSunset || isModelRetired { return .retired }
        if has(FailureWords.contentFilter) { return .contentFilter }
        if isQuota { return .quota }
        if isTooLong { return .contextLength }
        switch status {
        case 400, 422: return isWrongKey ? .authentication : isUnknownModel ? .modelUnavailable : .invalidRequest
        case 401: return .authentication
        case 402: return .quota
        case 403: return isUnknownModel ? .modelUnavailable : says(["rate limit"]) ? .rateLimit : .permission
        // Without a word of a model the address itself is wrong; another provider may still answer.
        case 404, 405: return .modelUnavailable
        case 406, 411, 414, 415, 431: return .invalidRequest
        case 408, 504, 524: return .timeout
        case 429: return .rateLimit
        case 451: return .permission
        case 500...599: return has(FailureWords.unknownModel) ? .modelUnavailable : .upstream
        default: return .upstream
        }
    }

    /// What helps, where the failure itself says it.
    var hint: String? {
        switch (category, status) {
        case (.retired, _):
            "choose another model: `aurelis models` lists them"
        case (.authentication, _) where says(["permission is required"]):
            "give the token the `models: read` permission"
        case (.modelUnavailable, 404) where !isUnknownModel, (.modelUnavailable, 405):
            "check the base URL: it is everything before `/chat/completions`"
        case (.upstream, 300..<400):
            "redirects are not followed: set `base_url` to where the provider is now"
        default:
            nil
        }
    }

    /// Whether it is a model that has ended, not its provider.
    var isModelRetired: Bool { status != 410 && has(FailureWords.retiredModel) }

    /// What a status means, for a response that says nothing itself.
    static func explanation(of status: Int) -> String {
        switch status {
        case 300..<400: "the provider redirects elsewhere (HTTP \(status))"
        case 401: "the provider refused the credential (HTTP 401)"
        case 403: "the provider denied access (HTTP 403)"
        case 404: "the provider does not know this address or model (HTTP 404)"
        case 410: "the provider is gone for good (HTTP 410)"
        case 413: "the request is too large for the provider (HTTP 413)"
        case 429: "the provider's rate limit is reached (HTTP 429)"
        case 500...599: "the provider failed (HTTP \(status))"
        default: "the provider answered HTTP \(status) without an explanation"
        }
    }
}

// MARK: - Signs

extension FailureSigns {
    /// A past `Sunset` date explains a refusal, unless that is one of somebody who is still at work.
    private var isSunset: Bool {
        guard isPastSunset else { return false }
        return switch status {
        case 403, 404, 405, 421, 451, 500...599: true
        default: false
        }
    }

    /// Money or a plan, which no waiting brings back.
    private var isQuota: Bool {
        if has(FailureWords.quota) { return true }
        return switch status {
        case 400, 403: says(["budget limit", "credit balance is too low"])
        // A limit of zero is Google's way to say that the plan does not have the model at all.
        case 429: says(["credit balance", "insufficient balance", "limit: 0,", "limit: 0 "])
        default: false
        }
    }

    private var isTooLong: Bool {
        if status == 413 || has(FailureWords.tooLong) { return true }
        return switch status {
        case 400, 422, 500: says(FailureWords.tooLongPhrases)
        // More in one request than a minute allows: waiting does not help, a model with more room does.
        case 429: says(["request too large"])
        default: false
        }
    }

    private var isWrongKey: Bool { has(FailureWords.wrongKey) || says(["api key not valid"]) }

    private var isUnknownModel: Bool {
        if has(FailureWords.unknownModel) || says(FailureWords.unknownModelPhrases) { return true }
        guard (403...404) ~= status, says(["model"]) else { return false }
        return says(["does not exist", "no endpoints found", "not found"])
    }

    private func has(_ labels: Set<String>) -> Bool { !labels.isDisjoint(with: body.labels) }

    private func says(_ phrases: [String]) -> Bool { phrases.contains { body.text.contains($0) } }
}
