internal import Aurelis
internal import AurelisJSON

extension BatchOrder {
    private static let notes = 16
    private static let noteName = 64
    private static let noteValue = 512

    /// Reads the body of `POST /v1/batches`.
    ///
    /// - Throws: which member is wrong, and what it may be.
    init(reading body: [UInt8], priority: RequestPriority) throws(ModelError) {
        let document: JSONDocument
        do { document = try JSONDocument(body) } catch {
            throw ModelError(.invalidRequest, "the request body is not valid JSON: \(error)", code: "invalid_json")
        }
        guard document.root.kind == .object else {
            throw ModelError(.invalidRequest, "the request body must be a JSON object", code: "invalid_request")
        }
        let endpoint = try Self.text("endpoint", of: document)
        guard let known = BatchEndpoint(rawValue: endpoint) else {
            let names = BatchEndpoint.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
            let instead = endpoint == "/v1/responses" ? BatchEndpoint.insteadOfResponses : ""
            throw .member("endpoint", "must be \(names)\(instead)")
        }
        guard let window = BatchWindow(try Self.text("completion_window", of: document)) else {
            throw .member("completion_window", "must be a time from \"1h\" to \"7d\", such as \"24h\"")
        }
        self.init(
            input: try Self.text("input_file_id", of: document),
            endpoint: known,
            window: window,
            metadata: try Self.metadata(of: document),
            outputLifetime: try Self.lifetime(of: document),
            priority: priority
        )
    }

    private static func text(_ name: String, of document: JSONDocument) throws(ModelError) -> String {
        guard let field = document[name], !field.isNull else { throw .member(name, "is a required property") }
        guard let text = field.string else { throw .member(name, "must be a string") }
        return text
    }

    private static func metadata(of document: JSONDocument) throws(ModelError) -> [BatchRecord.Note] {
        guard let field = document["metadata"], !field.isNull else { return [] }
        guard field.kind == .object else { throw .member("metadata", "must be an object") }
        var notes: [BatchRecord.Note] = []
        for (name, value) in field.members {
            guard let value = value.string, name.count <= noteName, value.count <= noteValue,
                notes.count < Self.notes, !notes.contains(where: { $0.name == name })
            else {
                throw .member(
                    "metadata",
                    "may have \(Self.notes) strings of at most \(noteValue) characters, each with a name of its own of at most \(noteName)"
                )
            }
            notes.append(BatchRecord.Note(name: name, value: value))
        }
        return notes
    }

    private static func lifetime(of document: JSONDocument) throws(ModelError) -> Int64? {
        guard let field = document["output_expires_after"], !field.isNull else { return nil }
        guard field["anchor"]?.stringEquals("created_at") == true, let seconds = field["seconds"]?.int,
            StoredFile.lifetimes.contains(Int64(seconds))
        else {
            throw .member(
                "output_expires_after",
                "must have an \"anchor\" that is \"created_at\", and \"seconds\" from 3600 to 2592000"
            )
        }
        return Int64(seconds)
    }
}

extension ModelError {
    /// A member of the body is wrong.
    fileprivate static func member(_ name: String, _ message: String) -> ModelError {
        .refused(400, "'\(name)' \(message)", parameter: name, code: "invalid_request")
    }
}
