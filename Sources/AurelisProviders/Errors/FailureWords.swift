/// The words by which providers tell their failures, in lower case: codes and types, and phrases of messages.
enum FailureWords {
    static let contentFilter: Set<String> = [
        "content_filter", "content_filtered", "contentfilter", "content_policy_violation", "moderation_blocked",
        "prohibited_content", "responsibleaipolicyviolation", "safety",
    ]

    static let quota: Set<String> = [
        "billing_hard_limit_reached", "billing_not_active", "insufficient_credits", "insufficient_quota",
    ]

    static let tooLong: Set<String> = [
        "context_length_exceeded", "model_max_prompt_tokens_exceeded", "tokens_limit_reached",
    ]

    static let tooLongPhrases = [
        "context length exceeded", "context window", "exceeds the available context size",
        "exceeds the maximum number of tokens", "input token count", "maximum context length",
        "model's context length", "prompt is too long", "request body too large", "too many tokens",
    ]

    static let wrongKey: Set<String> = ["api_key_invalid", "invalid_api_key"]

    static let unknownModel: Set<String> = [
        "deploymentnotfound", "invalid_model", "model_not_active", "model_not_available", "model_not_found",
        "no_access", "unavailable_model", "unknown_model", "unknownmodel",
    ]

    static let unknownModelPhrases = [
        "invalid model", "model does not exist", "model not found", "no access to model", "not a valid model",
        "unavailable model", "unknown model",
    ]

    static let retiredModel: Set<String> = [
        "deploymentretired", "model_decommissioned", "model_deprecated", "model_retired",
    ]
}
