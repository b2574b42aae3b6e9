internal import Aurelis
internal import NIOHTTP1

/// What a request's method and target ask for.
enum Endpoint: Equatable {
    /// A model call: `POST /v1/chat/completions` and its kin.
    case call(ModelOperation)
    /// A model call in the form of the Responses API: `POST /v1/responses`.
    case createResponse
    /// Files and batches: `/v1/files`, `/v1/batches` and what is below them.
    case stored(StoredRequest)
    /// `GET /v1/models`.
    case models
    /// `GET /v1/models/{id}`.
    case model(String)
    /// `GET /catalog/models`, and the legacy `GET /models`.
    case catalog
    /// `GET /health/live`.
    case live
    /// `GET /health/ready`.
    case ready
    /// `GET /openapi.json`.
    case openAPI
    /// `OPTIONS` of something that exists; the methods it allows.
    case options(allow: String)
    /// Something that exists, by another method.
    case methodNotAllowed(allow: String)
    /// Nothing.
    case notFound(path: String)

    /// Finds the endpoint of a request; the query is ignored.
    init(method: HTTPMethod, target: String) {
        if method == .OPTIONS, target == "*" {
            self = .options(allow: "GET, HEAD, POST, OPTIONS")
            return
        }
        let path = Self.path(of: target)
        guard let resource = Self.resource(at: path) else {
            self = Endpoint(method: method, storedAt: path)
            return
        }
        let isCall = resource.call != nil
        let allow = isCall ? "POST, OPTIONS" : "GET, HEAD, OPTIONS"
        switch method {
        case .POST where isCall: self = resource
        case .GET where !isCall, .HEAD where !isCall: self = resource
        case .OPTIONS: self = .options(allow: allow)
        default: self = .methodNotAllowed(allow: allow)
        }
    }

    /// What is asked of a model, and in which protocol; nil: nothing.
    var call: (operation: ModelOperation, dialect: Dialect)? {
        switch self {
        case .call(let operation): (operation, .completions)
        case .createResponse: (.chatCompletion, .responses)
        default: nil
        }
    }

    /// Whether the answer depends on the request's body.
    var wantsBody: Bool {
        switch self {
        case .call, .createResponse, .stored(.createBatch), .stored(.uploadFile): true
        default: false
        }
    }

    /// The paths a person can be pointed to.
    static let paths =
        "POST /v1/chat/completions, POST /v1/responses, POST /v1/embeddings, GET /v1/models, GET /v1/models/{id}, "
        + "POST /inference/chat/completions, POST /inference/embeddings, GET /catalog/models, "
        + "POST /chat/completions, POST /embeddings, GET /models, /v1/files, /v1/batches, "
        + "GET /health/live, GET /health/ready, GET /openapi.json"

    private static func resource(at path: String) -> Endpoint? {
        switch path {
        case "/v1/chat/completions", "/inference/chat/completions", "/chat/completions": return .call(.chatCompletion)
        case "/v1/responses": return .createResponse
        case "/v1/embeddings", "/inference/embeddings", "/embeddings": return .call(.embedding)
        case "/v1/models": return .models
        case "/catalog/models", "/models": return .catalog
        case "/health/live": return .live
        case "/health/ready": return .ready
        case "/openapi.json": return .openAPI
        default: break
        }
        if path.hasPrefix("/v1/models/") {
            let id = PercentEncoding.decode(path.dropFirst("/v1/models/".count))
            return id.flatMap { $0.isEmpty ? nil : .model($0) }
        }
        guard path.hasPrefix("/orgs/") else { return nil }
        let rest = path.dropFirst("/orgs/".count)
        guard let slash = rest.firstIndex(of: "/"), slash != rest.startIndex else { return nil }
        switch rest[slash...] {
        case "/inference/chat/completions": return .call(.chatCompletion)
        case "/inference/embeddings": return .call(.embedding)
        default: return nil
        }
    }

    /// The path of an origin-form or absolute-form target, without the query.
    private static func path(of target: String) -> String {
        var path = Substring(target)
        if !target.hasPrefix("/"), let scheme = target.firstRange(of: "://") {
            let authority = target[scheme.upperBound...]
            path = authority.firstIndex { $0 == "/" || $0 == "?" }.map { authority[$0...] } ?? "/"
        }
        if let query = path.utf8.firstIndex(of: UInt8(ascii: "?")) { path = path[..<query] }
        return path.endIndex == target.endIndex && path.startIndex == target.startIndex ? target : String(path)
    }
}
