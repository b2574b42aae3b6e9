public import AurelisJSON

/// What became of one item, as OpenAI's batch output tells it.
///
///     {"id":"batch_req_…","custom_id":"a","response":{"status_code":200,"request_id":"…","body":{…}},"error":null}
public struct BatchResult: Sendable {
    /// The result's own name.
    public var id: String
    /// The item's name; nil where a line of input had none.
    public var customID: String?
    /// What was answered, with an error's status and document when that is what a provider said; nil: nobody answered.
    public var response: Response?
    /// Why nobody answered; nil when there is a response.
    public var error: Failure?

    /// An answer.
    public struct Response: Sendable {
        /// The HTTP status.
        public var status: Int
        /// The request that was answered, as in logs and `aurelis why`.
        public var requestID: String
        /// The answer's JSON.
        public var body: JSONDocument
    }

    /// Why there is no answer.
    public struct Failure: Sendable, Hashable {
        /// The machine-readable reason, such as `batch_expired`.
        public var code: String
        /// The reason for a person.
        public var message: String
    }

    /// Whether there is an answer that is no error.
    public var isAnswered: Bool { response.map { 200..<300 ~= $0.status } ?? false }

    /// The text of a chat completion; nil when there is no answer, or another kind of one.
    public var content: String? {
        guard isAnswered, let body = response?.body, body["choices"] != nil else { return nil }
        return ChatCompletion(reading: body).content
    }

    /// What went wrong, for a person; nil when nothing did.
    public var problem: String? {
        guard !isAnswered else { return nil }
        return error?.message ?? response?.body["error"]?["message"]?.string ?? response.map { "HTTP \($0.status)" }
    }
}

extension BatchResult {
    /// An answer.
    init(_ customID: String?, _ body: JSONDocument, of request: RequestID) {
        self.init(customID: customID)
        response = Response(status: 200, requestID: "\(request)", body: body)
    }

    /// A failure: as the provider told it, if one did.
    init(_ customID: String?, _ failure: ModelError, of request: RequestID?) {
        self.init(customID: customID)
        let (status, body) = OpenAIError.answer(to: failure)
        if let request, failure.status != nil, let document = try? JSONDocument(body) {
            response = Response(status: status, requestID: "\(request)", body: document)
        } else {
            let message = failure.hint.map { "\(failure.message) (\($0))" } ?? failure.message
            error = Failure(code: failure.code ?? failure.category.rawValue, message: message)
        }
    }

    private init(customID: String?) {
        // The same sixteen digits as a request has, under another name.
        id = "batch_\(RequestID.next())"
        self.customID = customID
    }

    /// The same result for an equal item.
    func shared(with customID: String?) -> BatchResult {
        var result = BatchResult(customID: customID)
        result.response = response
        result.error = error
        return result
    }
}

extension BatchResult {
    /// The line of the output, without its newline.
    public var line: [UInt8] {
        var json = JSONWriter(capacity: 256 + (response?.body.bytes.count ?? 0))
        json.beginObject()
        json.field("id", id)
        json.key("custom_id")
        if let customID { json.string(customID) } else { json.null() }
        json.key("response")
        if let response {
            json.beginObject()
            json.field("status_code", response.status)
            json.field("request_id", response.requestID)
            json.field("body", response.body.root)
            json.endObject()
        } else {
            json.null()
        }
        json.key("error")
        if let error {
            json.beginObject()
            json.field("code", error.code)
            json.field("message", error.message)
            json.endObject()
        } else {
            json.null()
        }
        json.endObject()
        // A provider may have written its answer over several lines; in strings newlines are escaped.
        return json.bytes.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
    }

    /// Reads what `line` writes; nil for anything else.
    public init?(reading line: [UInt8]) {
        guard let document = try? JSONDocument(line, limits: .response), let id = document["id"]?.string else {
            return nil
        }
        self.id = id
        customID = document["custom_id"]?.string
        if let response = document["response"], !response.isNull {
            guard let status = response["status_code"]?.int, let request = response["request_id"]?.string,
                let field = response["body"], let body = try? JSONDocument(Array(field.raw), limits: .response)
            else { return nil }
            self.response = Response(status: status, requestID: request, body: body)
        }
        if let error = document["error"], !error.isNull {
            self.error = Failure(code: error["code"]?.string ?? "", message: error["message"]?.string ?? "")
        }
        guard response != nil || error != nil else { return nil }
    }
}
