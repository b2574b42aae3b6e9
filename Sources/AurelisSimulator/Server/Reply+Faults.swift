extension Fault {
    /// What a fault answers by itself.
    var answer: PlatformError {
        switch self {
        case .status(let answer), .outage(_, _, let answer): answer.error
        case .retired: .retired
        case .wrongContentType: .page
        default: .serverError
        }
    }
}

extension PlatformError {
    /// What a captive portal or a proxy in the way would send.
    fileprivate static let page = {
        var error = PlatformError(
            200,
            body: Array("<!DOCTYPE html><title>Sign in</title><p>Please sign in.</p>\n".utf8)
        )
        error.contentType = "text/html; charset=utf-8"
        return error
    }()
}

extension Reply {
    /// The answer as if the model had found no words.
    func withoutChoices(of interpretation: Interpretation) -> Reply {
        guard case .chat(let answer) = interpretation.outcome else { return self }
        var reply = self
        reply.content =
            switch content {
            case .document: .document(answer.documentWithoutChoices)
            case .stream(let events): .stream(events.filter { $0.kind.isBesideChoices })
            }
        return reply
    }
}

extension StreamEvent.Kind {
    fileprivate var isBesideChoices: Bool {
        switch self {
        case .opening, .usage, .done: true
        case .role, .content, .finish: false
        }
    }
}
