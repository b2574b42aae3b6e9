internal import Aurelis
internal import AurelisServing

extension HTTPConnectionHandler {
    /// The answer to a request that needs no model.
    ///
    /// - Parameter grant: whose request it is, who is told only of the models that they may ask.
    static func answer(
        to endpoint: Endpoint,
        server: ServerContext,
        requestID: RequestID,
        grant: AccessGrant? = nil
    ) -> Response {
        switch endpoint {
        case .live: return health("ok", status: 200)
        case .ready: return readiness(of: server)
        case .openAPI: return json(APIDescription.document, requestID)
        case .models: return json(ModelDocuments.list(models(of: server, for: grant)), requestID)
        case .catalog: return json(ModelDocuments.catalog(models(of: server, for: grant)), requestID)
        case .model(let name):
            if let entry = ModelDocuments.entry(name, in: models(of: server, for: grant)) {
                return json(entry, requestID)
            }
            return ErrorResponse.make(
                status: 404,
                message:
                    "no configured provider serves \"\(name.prefix(128))\"\(grant == nil ? "" : " to this key"); "
                    + "GET /v1/models lists what can be asked",
                code: "model_not_found",
                requestID: requestID
            )
        case .options(let allow):
            return Response(head: ResponseHead(status: 204, contentType: nil, allow: allow), body: [])
        case .methodNotAllowed(let allow):
            var response = ErrorResponse.make(
                status: 405,
                message: "this path allows \(allow)",
                code: "method_not_allowed",
                requestID: requestID
            )
            response.head.allow = allow
            return response
        case .notFound(let path) where path.hasPrefix("/v1/responses/"):
            return ErrorResponse.make(
                status: 404,
                message:
                    "no response is stored here, so none can be fetched, cancelled or deleted; POST /v1/responses "
                    + "gives each once, and takes the whole conversation as 'input'",
                code: "response_not_found",
                requestID: requestID
            )
        case .notFound(let path):
            return ErrorResponse.make(
                status: 404,
                message: "there is nothing at \(path.prefix(128)); there is: \(Endpoint.paths)",
                code: "unknown_path",
                requestID: requestID
            )
        case .call, .createResponse, .stored:
            return ErrorResponse.make(status: 500, message: "not answered here", code: "internal", requestID: requestID)
        }
    }

    private static func models(of server: ServerContext, for grant: AccessGrant?) -> [ModelDocuments.Entry] {
        let models = server.orchestrator().models
        guard let grant else { return models }
        return models.filter { grant.obstacle(to: $0.model) == nil }
    }

    private static func json(_ body: [UInt8], _ requestID: RequestID) -> Response {
        Response(head: ResponseHead(requestID: requestID), body: body)
    }

    private static func readiness(of server: ServerContext) -> Response {
        if server.isDraining { return health("shutting down", status: 503) }
        let orchestrator = server.orchestrator()
        guard orchestrator.isReady else { return health("no provider", status: 503) }
        // Everybody is told; the paths in the reason are the operators' business.
        return orchestrator.obstacle == nil
            ? health("ready", status: 200) : health("the audit log cannot be written", status: 503)
    }

    private static func health(_ status: StaticString, status code: Int) -> Response {
        Response(head: ResponseHead(status: code), body: Array(#"{"status":"\#(status)"}"#.utf8))
    }
}
