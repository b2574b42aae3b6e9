internal import Aurelis
internal import AurelisJSON

/// A response without its output: whose it is, and what it repeats of its request.
struct ResponseFrame: Sendable {
    /// What is told of the answer as a whole, once a document or a chunk of it is there.
    struct Origin: Sendable {
        fileprivate let model: JSONFragment
        fileprivate let created: JSONFragment
        fileprivate let serviceTier: JSONFragment?
    }

    /// How a response ended, or that it has not.
    enum Status: Sendable {
        case inProgress
        case completed
        case incomplete(reason: String)
        case failed(code: String, message: String)

        var name: String {
            switch self {
            case .inProgress: "in_progress"
            case .completed: "completed"
            case .incomplete: "incomplete"
            case .failed: "failed"
            }
        }
    }

    private let suffix: String
    private let echo: ResponseEcho
    private let model: String
    private let now: Int

    /// - Parameters:
    ///   - id: the request's, by which `aurelis why` finds what became of it.
    ///   - model: who answers, for answers that do not say so.
    ///   - now: for answers without a time, in seconds since 1970-01-01 UTC.
    init(_ id: RequestID, echo: ResponseEcho, model: ModelID, now: Int64) {
        suffix = String(id.description.dropFirst("req_".count))
        self.echo = echo
        self.model = model.canonical
        self.now = Int(now)
    }

    /// The name of an item or a call of this response.
    func id(_ kind: String, _ index: Int) -> String { "\(kind)_\(suffix)_\(index)" }

    /// What a completion, or the first chunk of one, tells.
    func origin(_ document: JSONDocument?) -> Origin {
        let model = document?["model"].flatMap { $0.kind == .string ? JSONFragment.raw($0) : nil }
        let tier = document?["service_tier"].flatMap { $0.isNull ? nil : JSONFragment.raw($0) }
        return Origin(
            model: model ?? .string(self.model),
            created: .int(document?["created"]?.int ?? now),
            serviceTier: tier
        )
    }

    /// The response.
    func response(
        _ status: Status,
        _ origin: Origin,
        output: [JSONFragment] = [],
        usage: JSONFragment = .null
    ) -> JSONFragment {
        var (error, details) = (JSONFragment.null, JSONFragment.null)
        if case .failed(let code, let message) = status {
            error = ["code": .string(code), "message": .string(message)]
        }
        if case .incomplete(let reason) = status { details = ["reason": .string(reason)] }
        let own: [(String, JSONFragment)] = [
            ("id", .string("resp_\(suffix)")), ("object", "response"), ("created_at", origin.created),
            ("status", .string(status.name)), ("error", error), ("incomplete_details", details),
            ("model", origin.model), ("output", .array(output)), ("usage", usage),
            ("service_tier", origin.serviceTier ?? echo.serviceTier),
        ]
        return .object(own + echo.members)
    }
}

extension ResponseFrame.Status {
    /// By the reason for which the model stopped.
    init(finishReason: String?) {
        switch finishReason {
        case "length": self = .incomplete(reason: "max_output_tokens")
        case "content_filter": self = .incomplete(reason: "content_filter")
        default: self = .completed
        }
    }
}
