import Aurelis
import Testing

/// An error body, and what it means.
struct ErrorSample: Sendable, CustomTestStringConvertible {
    var status: Int
    var body: String
    var category: ModelError.Category
    var code: String?
    var message: String?
    var parameter: String?

    init(
        _ status: Int,
        _ body: String,
        _ category: ModelError.Category,
        code: String? = nil,
        message: String? = nil,
        parameter: String? = nil
    ) {
        self.status = status
        self.body = body
        self.category = category
        self.code = code
        self.message = message
        self.parameter = parameter
    }

    var testDescription: String { "\(status) \(body.prefix(90)) -> \(category)" }
}

extension ErrorSample {
    /// The bodies seen from GitHub Models.
    static let gitHub: [ErrorSample] = [
        ErrorSample(
            410,
            #"{"error":{"code":"github_models_retirement_brownout","message":"GitHub Models is temporarily unavailable as part of a scheduled retirement brownout."}}"#,
            .retired,
            code: "github_models_retirement_brownout",
            message: "GitHub Models is temporarily unavailable as part of a scheduled retirement brownout."
        ),
        ErrorSample(
            429,
            #"{"error":{"code":"RateLimitReached","message":"Rate limit of 50 per 86400s exceeded for UserByModelByDay. Please wait 5631 seconds before retrying.","details":"Rate limit of 50 per 86400s exceeded for UserByModelByDay. Please wait 5631 seconds before retrying."}}"#,
            .rateLimit,
            code: "RateLimitReached"
        ),
        ErrorSample(
            413,
            #"{"error":{"code":"tokens_limit_reached","message":"Request body too large for gpt-4o model. Max size: 8000 tokens.","details":null}}"#,
            .contextLength,
            code: "tokens_limit_reached",
            message: "Request body too large for gpt-4o model. Max size: 8000 tokens."
        ),
        ErrorSample(
            401,
            #"{"error":{"code":"unauthorized","message":"Bad credentials","details":"Bad credentials"}}"#,
            .authentication,
            code: "unauthorized",
            message: "Bad credentials"
        ),
        ErrorSample(
            401,
            #"{"error":{"code":"unauthorized","message":"The `models` permission is required to access this endpoint","details":"x"}}"#,
            .authentication,
            code: "unauthorized"
        ),
        ErrorSample(
            403,
            #"{"error":{"code":"no_access","message":"No access to model: openai/gpt-5","details":"x"}}"#,
            .modelUnavailable,
            code: "no_access"
        ),
        ErrorSample(403, #"{"error":{"message":"No access to model: /gpt-4o"}}"#, .modelUnavailable),
        ErrorSample(
            403,
            #"{"error":{"message":"Unable to proceed with model usage. This account has reached its budget limit."}}"#,
            .quota,
            message: "Unable to proceed with model usage. This account has reached its budget limit."
        ),
        ErrorSample(403, "", .permission, message: "the provider denied access (HTTP 403)"),
        ErrorSample(
            400,
            #"{"error":{"code":"unknown_model","message":"Unknown model: deepseek/deepseek-v3","details":"x"}}"#,
            .modelUnavailable,
            code: "unknown_model"
        ),
        ErrorSample(404, #"{"error":{"message":"Unknown model: /gpt-4o"}}"#, .modelUnavailable),
        ErrorSample(
            400,
            #"{"error":{"code":"unavailable_model","message":"Unavailable model: gpt-5"}}"#,
            .modelUnavailable,
            code: "unavailable_model"
        ),
        ErrorSample(
            400,
            #"{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":true,"severity":"high"}}}}}"#,
            .contentFilter,
            code: "content_filter",
            parameter: "prompt"
        ),
        ErrorSample(
            400,
            #"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}"#,
            .invalidRequest,
            code: "unsupported_parameter",
            parameter: "max_tokens"
        ),
        ErrorSample(
            500,
            #"{"error":{"message":"The server had an error while processing your request. Sorry about that!","type":"server_error","param":null,"code":null}}"#,
            .upstream,
            code: "server_error"
        ),
        ErrorSample(
            422,
            #"{"error":[{"type":"extra_forbidden","loc":["body","tools"],"msg":"Extra inputs are not permitted","input":[]}]}"#,
            .invalidRequest,
            message: "Extra inputs are not permitted",
            parameter: "tools"
        ),
        ErrorSample(422, #"{"error":["messages is required"]}"#, .invalidRequest, message: "messages is required"),
        ErrorSample(403, #"{"error":"Forbidden"}"#, .permission, message: "Forbidden"),
    ]

    /// Bodies of other providers, and of what stands between.
    static let others: [ErrorSample] = [
        // OpenAI
        ErrorSample(
            429,
            #"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#,
            .quota,
            code: "insufficient_quota"
        ),
        ErrorSample(
            404,
            #"{"error":{"message":"The model `gpt-9` does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}}"#,
            .modelUnavailable,
            code: "model_not_found"
        ),
        ErrorSample(
            403,
            #"{"error":{"message":"Project `proj_1` does not have access to model `gpt-4o`","type":"invalid_request_error","param":null,"code":"model_not_found"}}"#,
            .modelUnavailable,
            code: "model_not_found"
        ),
        ErrorSample(
            400,
            #"{"error":{"message":"This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}"#,
            .contextLength,
            code: "context_length_exceeded",
            parameter: "messages"
        ),
        ErrorSample(
            429,
            #"{"error":{"message":"Request too large for gpt-4o in organization org-1 on tokens per min (TPM): Limit 30000, Requested 40000.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}"#,
            .contextLength,
            code: "rate_limit_exceeded"
        ),
        ErrorSample(
            403,
            #"{"error":{"code":"unsupported_country_region_territory","message":"Country, region, or territory not supported","param":null,"type":"request_forbidden"}}"#,
            .permission,
            code: "unsupported_country_region_territory"
        ),
        ErrorSample(
            400,
            #"{"error":{"message":"Your request was rejected as a result of our safety system.","type":"invalid_request_error","param":null,"code":"content_policy_violation"}}"#,
            .contentFilter
        ),
        ErrorSample(
            429,
            #"{"error":{"message":"Your account is not active, please check your billing details on our website.","type":"billing_not_active","param":null,"code":"billing_not_active"}}"#,
            .quota
        ),
        // Foundry
        ErrorSample(
            404,
            #"{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}"#,
            .modelUnavailable,
            code: "DeploymentNotFound"
        ),
        ErrorSample(
            401,
            #"{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint."}}"#,
            .authentication,
            code: "401"
        ),
        // OpenRouter
        ErrorSample(
            402,
            #"{"error":{"message":"This request requires more credits, or fewer max_tokens.","code":402}}"#,
            .quota,
            code: "402"
        ),
        ErrorSample(400, #"{"error":{"message":"foo/bar is not a valid model ID","code":400}}"#, .modelUnavailable),
        ErrorSample(404, #"{"error":{"message":"No endpoints found for model foo.","code":404}}"#, .modelUnavailable),
        ErrorSample(
            403,
            #"{"error":{"message":"Input was flagged","code":403,"metadata":{"reasons":["violence"],"flagged_input":"...","provider_name":"OpenAI"}}}"#,
            .contentFilter
        ),
        ErrorSample(
            502,
            #"{"error":{"message":"Provider returned error","code":502,"metadata":{"raw":"boom"}}}"#,
            .upstream
        ),
        // Groq
        ErrorSample(
            413,
            #"{"error":{"message":"Request too large for model `llama` on tokens per minute (TPM): Limit 6000, Requested 9000","type":"tokens","code":"rate_limit_exceeded"}}"#,
            .contextLength
        ),
        ErrorSample(
            400,
            #"{"error":{"message":"The model `llama-3.1-70b-versatile` has been decommissioned and is no longer supported.","type":"invalid_request_error","code":"model_decommissioned"}}"#,
            .retired,
            code: "model_decommissioned"
        ),
        ErrorSample(498, #"{"error":{"message":"Flex tier capacity exceeded","type":"capacity_exceeded"}}"#, .upstream),
        // Gemini
        ErrorSample(
            400,
            #"[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}]"#,
            .authentication,
            code: "INVALID_ARGUMENT",
            message: "API key not valid. Please pass a valid API key."
        ),
        ErrorSample(
            404,
            #"[{"error":{"code":404,"message":"models/gemini-9 is not found for API version v1main","status":"NOT_FOUND"}}]"#,
            .modelUnavailable,
            code: "NOT_FOUND"
        ),
        ErrorSample(
            429,
            #"[{"error":{"code":429,"message":"You exceeded your current quota.\n* Quota exceeded for metric: x, limit: 0, model: gemini-3-pro\nPlease retry in 45.5s.","status":"RESOURCE_EXHAUSTED"}}]"#,
            .quota,
            code: "RESOURCE_EXHAUSTED"
        ),
        ErrorSample(
            503,
            #"{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}"#,
            .upstream
        ),
        // Mistral
        ErrorSample(
            401,
            #"{"detail":"Unauthorized"}"#,
            .authentication,
            message: "Unauthorized"
        ),
        ErrorSample(
            400,
            #"{"object":"error","message":"Invalid model: gpt-4o","type":"invalid_model","param":null,"code":"1500"}"#,
            .modelUnavailable,
            code: "invalid_model",
            message: "Invalid model: gpt-4o"
        ),
        ErrorSample(
            422,
            #"{"object":"error","message":{"detail":[{"type":"missing","loc":["body","messages",0,"role"],"msg":"Field required"}]},"type":"invalid_request_error","param":null,"code":null}"#,
            .invalidRequest,
            message: "Field required",
            parameter: "messages.0.role"
        ),
        ErrorSample(
            429,
            #"{"message":"Requests rate limit exceeded"}"#,
            .rateLimit,
            message: "Requests rate limit exceeded"
        ),
        // Ollama, vLLM, llama.cpp
        ErrorSample(
            404,
            #"{"error":{"message":"model \"llama9\" not found, try pulling it first","type":"api_error","param":null,"code":null}}"#,
            .modelUnavailable
        ),
        ErrorSample(
            404,
            #"{"error":"model 'llama9' not found"}"#,
            .modelUnavailable,
            message: "model 'llama9' not found"
        ),
        ErrorSample(
            404,
            #"{"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","param":null,"code":404}"#,
            .modelUnavailable,
            code: "NotFoundError"
        ),
        ErrorSample(
            400,
            #"{"error":{"message":"You passed 1015 input tokens and requested 10 output tokens. However, the model's context length is only 1024 tokens.","type":"BadRequestError","param":"input_tokens","code":400}}"#,
            .contextLength,
            code: "BadRequestError",
            parameter: "input_tokens"
        ),
        ErrorSample(
            400,
            #"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}"#,
            .contextLength
        ),
        ErrorSample(
            422,
            #"{"detail":[{"type":"missing","loc":["body","messages"],"msg":"Field required","input":{}}]}"#,
            .invalidRequest,
            message: "Field required",
            parameter: "messages"
        ),
        // A gateway that quotes the provider behind it
        ErrorSample(
            400,
            #"{"error":{"message":"{\"error\":{\"message\":\"inner words\",\"code\":\"context_length_exceeded\"}}"}}"#,
            .contextLength,
            message: "inner words"
        ),
        // No JSON at all
        ErrorSample(
            502,
            "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body></html>",
            .upstream,
            message: "an HTML page: 502 bad gateway"
        ),
        ErrorSample(404, "404 page not found", .modelUnavailable, message: "404 page not found"),
        ErrorSample(500, "", .upstream, message: "the provider failed (HTTP 500)"),
        ErrorSample(429, "", .rateLimit),
        ErrorSample(408, "", .timeout),
        ErrorSample(504, "upstream request timeout", .timeout),
        ErrorSample(425, "", .upstream),
        ErrorSample(499, "", .upstream),
        ErrorSample(
            529,
            #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
            .upstream,
            code: "overloaded_error"
        ),
        ErrorSample(307, "", .upstream),
        ErrorSample(405, "", .modelUnavailable),
        ErrorSample(451, "", .permission),
        ErrorSample(418, "\u{7}teapot\n\n  here", .upstream, message: "teapot here"),
        ErrorSample(500, #"{"error":null,"message":"m"}"#, .upstream, message: "m"),
        ErrorSample(500, "[]", .upstream),
        ErrorSample(500, "3", .upstream),
    ]
}
