internal import AurelisJSON

/// One line of a batch's input, in OpenAI's batch format.
///
///     {"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o","messages":[…]}}
///
/// A line that cannot be understood is an item as well: one whose error says what to do about which line.
public struct BatchLine: Sendable {
    /// Where the line stands in its file, from 1.
    public var number: Int
    /// What it asks.
    public var item: BatchItem

    /// A line from its parts.
    public init(number: Int, item: BatchItem) {
        self.number = number
        self.item = item
    }

    /// Reads a line.
    public init(reading text: [UInt8], number: Int, options: ModelCall.Options = ModelCall.Options()) {
        let document: JSONDocument
        do { document = try JSONDocument(text) } catch {
            let problem = "is not JSON: \(error.reason) at column \(error.column)"
            self.init(number: number, item: BatchItem(nil, .failure(.line(number, problem, code: "invalid_json_line"))))
            return
        }
        let name = document["custom_id"]?.string.flatMap { Self.names.contains($0.utf8.count) ? $0 : nil }
        let call = Result { () throws(ModelError) in
            guard name != nil else { throw .line(number, Self.unnamed, code: "invalid_custom_id") }
            return try Self.call(document, number: number, options: options)
        }
        self.init(number: number, item: BatchItem(name, call))
    }

    /// Reads a line of a file.
    package init(_ line: LineSplitter.Line, options: ModelCall.Options = ModelCall.Options()) {
        guard line.isCut else {
            self.init(reading: line.bytes, number: line.number, options: options)
            return
        }
        let problem = "is longer than \(line.bytes.count >> 20) MB"
        let error = ModelError.line(line.number, problem, code: "line_too_long")
        self.init(number: line.number, item: BatchItem(nil, .failure(error)))
    }

    /// How long a name may be, in bytes of UTF-8.
    static let names = 1...512
    private static let unnamed = "needs a \"custom_id\": a string of 1 to 512 bytes by which its result is found"

    private static func call(
        _ document: JSONDocument,
        number: Int,
        options: ModelCall.Options
    ) throws(ModelError) -> ModelCall {
        guard document["method"]?.stringEquals("POST") == true else {
            throw .line(number, "must have \"method\": \"POST\"", code: "invalid_method")
        }
        guard let operation = document["url"]?.string.flatMap(ModelOperation.init(batchURL:)) else {
            throw .line(
                number,
                "must have a \"url\" that is \"/v1/chat/completions\" or \"/v1/embeddings\""
                    + (document["url"]?.stringEquals("/v1/responses") == true ? BatchEndpoint.insteadOfResponses : ""),
                code: "invalid_url"
            )
        }
        guard let field = document["body"], field.kind == .object else {
            throw .line(number, "must have a \"body\": the request's JSON object", code: "invalid_body")
        }
        let body: JSONDocument
        do { body = try JSONDocument(Array(field.raw)) } catch {
            throw .line(number, "has a \"body\" that cannot be used: \(error.reason)", code: "invalid_body")
        }
        let call: ModelCall
        do { call = try ModelCall(reading: body, operation: operation, options: options) } catch {
            var error = error
            error.message = "line \(number): \(error.message)"
            throw error
        }
        if body["stream"]?.bool == true {
            throw .line(
                number,
                "asks for a stream; leave \"stream\" out, a batch collects whole answers",
                code: "stream_not_supported"
            )
        }
        return call
    }
}

extension ModelOperation {
    /// What a line's `url` asks for; nil for anything that batches do not do.
    fileprivate init?(batchURL url: String) {
        switch url {
        case "/v1/chat/completions": self = .chatCompletion
        case "/v1/embeddings": self = .embedding
        default: return nil
        }
    }
}

extension ModelError {
    /// What is wrong with a line.
    fileprivate static func line(_ number: Int, _ problem: String, code: String) -> ModelError {
        ModelError(.invalidRequest, "line \(number) \(problem)", code: code)
    }
}
