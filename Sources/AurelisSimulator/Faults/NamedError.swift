/// The platform's refusals by name, for the `error` field of a script.
enum NamedError: String, Sendable, CaseIterable {
    case badCredentials = "bad_credentials"
    case modelsPermission = "models_permission"
    case noAccess = "no_access"
    case budget
    case emptyForbidden = "empty_forbidden"
    case unknownModel = "unknown_model"
    case unavailableModel = "unavailable_model"
    case contentFilter = "content_filter"
    case unsupportedParameter = "unsupported_parameter"
    case tokensLimit = "tokens_limit_reached"
    case validation
    case minuteLimit = "minute_limit"
    case dayLimit = "day_limit"
    case accountLimit = "account_limit"
    case concurrencyLimit = "concurrency_limit"
    case serverError = "server_error"
    case badGateway = "bad_gateway"
    case plainString = "plain_string"
    case retired

    /// The refusal; a wait where it tells one.
    func error(model: String, wait: Int?) -> PlatformError {
        let bare = model.split(separator: "/").last.map(String.init) ?? model
        return switch self {
        case .badCredentials: .badCredentials
        case .modelsPermission: .modelsPermission
        case .noAccess: .noAccess(to: model)
        case .budget: .budget
        case .emptyForbidden: .emptyForbidden
        case .unknownModel: .unknownModel(model)
        case .unavailableModel: .unavailableModel(bare)
        case .contentFilter: .contentFilter
        case .unsupportedParameter: .maxTokensUnsupported
        case .tokensLimit: .tokensLimit(model: bare, limit: 8_000)
        case .validation: .validation("messages", "field required")
        case .minuteLimit: .rateLimit(.byMinute(limit: 10, wait: .seconds(wait ?? 46)))
        case .dayLimit: .rateLimit(.byDay(limit: 50, wait: .seconds(wait ?? 5_631)))
        case .accountLimit: .rateLimit(.byMinuteOverAll(limit: 60, wait: .seconds(wait ?? 30)))
        case .concurrencyLimit: .rateLimit(.concurrent(limit: 2))
        case .serverError: .serverError
        case .badGateway: .badGateway
        case .plainString: PlatformError(503, body: Array(#"{"error":"Service temporarily unavailable"}"#.utf8))
        case .retired: .retired
        }
    }
}
