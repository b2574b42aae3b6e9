/// One of the three ways in, which differ in how they name models.
enum Surface: Sendable, Hashable {
    /// `models.github.ai`: publisher and model.
    case current
    /// `models.inference.ai.azure.com`: bare names.
    case legacy
    /// `/v1`, as OpenAI and Foundry do: both forms.
    case openAI
}

/// What a path means.
enum Endpoint: Sendable, Hashable {
    case models(Surface)
    case chat(Surface)
    case embeddings(Surface)
    case control(ControlResource)
    case unknown

    /// Reads the path of a request target; a query is ignored (`api-version` is all there is).
    init(target: String) {
        let path = target.prefix { $0 != "?" && $0 != "#" }
        switch path {
        case "/inference/chat/completions": self = .chat(.current)
        case "/chat/completions": self = .chat(.legacy)
        case "/v1/chat/completions": self = .chat(.openAI)
        case "/inference/embeddings": self = .embeddings(.current)
        case "/embeddings": self = .embeddings(.legacy)
        case "/v1/embeddings": self = .embeddings(.openAI)
        case "/catalog/models": self = .models(.current)
        case "/models": self = .models(.legacy)
        case "/v1/models": self = .models(.openAI)
        default:
            if path.hasPrefix("/_simulator/") {
                self = ControlResource(rawValue: String(path.dropFirst(12))).map(Endpoint.control) ?? .unknown
            } else {
                self = Endpoint(organizationPath: path)
            }
        }
    }

    /// `/orgs/{org}/inference/...`
    private init(organizationPath path: Substring) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        self = .unknown
        guard parts.count >= 5, parts[0].isEmpty, parts[1] == "orgs", !parts[2].isEmpty, parts[3] == "inference" else {
            return
        }
        switch parts[4...].joined(separator: "/") {
        case "chat/completions": self = .chat(.current)
        case "embeddings": self = .embeddings(.current)
        default: return
        }
    }

    /// The methods it takes, as in an `allow` header; empty when there is no such place.
    var methods: [String] {
        switch self {
        case .models: ["GET", "HEAD"]
        case .chat, .embeddings: ["POST"]
        case .control(let resource): resource.methods
        case .unknown: []
        }
    }
}
