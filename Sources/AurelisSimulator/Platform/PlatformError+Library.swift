internal import AurelisJSON

/// The bodies that clients have seen.
extension PlatformError {
    static let badCredentials = detailed(401, "unauthorized", "Bad credentials")

    static let modelsPermission = detailed(
        401,
        "unauthorized",
        "The `models` permission is required to access this endpoint"
    )

    static let budget = PlatformError(403) { json in
        json.field(
            "message",
            "Unable to proceed with model usage. This account has reached its budget limit."
        )
    }

    /// Some refusals carry nothing at all.
    static let emptyForbidden = PlatformError(403, body: [])

    static let retired = PlatformError(410) { json in
        json.field("code", "github_models_retirement_brownout")
        json.field(
            "message",
            "GitHub Models is temporarily unavailable as part of a scheduled retirement brownout."
        )
    }

    static let serverError = openAI(
        500,
        "The server had an error while processing your request. Sorry about that!",
        type: "server_error"
    )

    static let badGateway = {
        let page =
            "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
            + "<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
        var error = PlatformError(502, body: Array(page.utf8))
        error.contentType = "text/html"
        return error
    }()

    static func noAccess(to model: String) -> PlatformError {
        detailed(403, "no_access", "No access to model: \(model)")
    }

    static func unknownModel(_ name: String) -> PlatformError {
        detailed(400, "unknown_model", "Unknown model: \(name)")
    }

    /// The leading slash is the missing publisher.
    static func missingPublisher(_ name: String) -> PlatformError {
        detailed(404, "unknown_model", "Unknown model: /\(name)")
    }

    static func unavailableModel(_ name: String) -> PlatformError {
        PlatformError(400) { json in
            json.field("code", "unavailable_model")
            json.field("message", "Unavailable model: \(name)")
        }
    }

    static func tokensLimit(model: String, limit: Int) -> PlatformError {
        detailed(
            413,
            "tokens_limit_reached",
            "Request body too large for \(model) model. Max size: \(limit) tokens."
        )
    }

    static func rateLimit(_ refusal: QuotaRefusal) -> PlatformError {
        detailed(
            429,
            "RateLimitReached",
            refusal.message,
            headers: [
                HeaderField("retry-after", String(refusal.waitSeconds)),
                HeaderField("x-ratelimit-timeremaining", String(refusal.waitSeconds)),
                HeaderField("x-ratelimit-type", refusal.type),
                HeaderField("x-ms-error-code", "RateLimitReached"),
            ]
        )
    }

    static let contentFilter = PlatformError(400) { json in
        json.field(
            "message",
            "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. "
                + "Please modify your prompt and retry. To learn more about our content filtering policies please "
                + "read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766"
        )
        json.field("type", orNull: nil)
        json.field("param", "prompt")
        json.field("code", "content_filter")
        json.field("status", 400)
        json.object("innererror") { json in
            json.field("code", "ResponsibleAIPolicyViolation")
            json.key("content_filter_result")
            json.fragment(ContentFilterReport.prompt(filtered: true))
        }
    }

    static let maxTokensUnsupported = openAI(
        400,
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        parameter: "max_tokens",
        code: "unsupported_parameter"
    )

    static func unsupportedValue(parameter: String, value: String) -> PlatformError {
        openAI(
            400,
            "Unsupported value: '\(parameter)' does not support \(value) with this model. "
                + "Only the default (1) value is supported.",
            parameter: parameter,
            code: "unsupported_value"
        )
    }

    static let prefillUnsupported = openAI(
        400,
        "This model does not support assistant message prefill. The conversation must end with a user message.",
        parameter: "messages",
        code: "unsupported_value"
    )

    static func imagesUnsupported(parameter: String) -> PlatformError {
        openAI(
            400,
            "Invalid content type. image_url is only supported by certain models.",
            parameter: parameter
        )
    }

    static func wrongOperation(_ operation: String, model: String) -> PlatformError {
        detailed(
            400,
            "OperationNotSupported",
            "The \(operation) operation does not work with the specified model, \(model). "
                + "Please choose different model and try again."
        )
    }
}
