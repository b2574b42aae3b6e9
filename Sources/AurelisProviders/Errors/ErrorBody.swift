internal import AurelisJSON

/// What a provider's error body says, whatever its shape.
///
/// Read are OpenAI's `error` object and the variations on it (a text, an array, wrapped in an array), FastAPI's
/// `detail`, a bare `message`, plain text and HTML.
struct ErrorBody {
    /// What the provider says to a person, on one line.
    var message: String?
    /// The provider's own code, when it is a word; a number only repeats the status.
    var code: String?
    /// A code that is a number, such as the status of an error inside a 200.
    var numericCode: Int?
    /// Which field is at fault.
    var parameter: String?
    /// Every word of the body that classifies the error, in lower case: code, type, status, inner code, reasons.
    var labels: Set<String> = []
    /// The message and what was quoted of another provider's, in lower case: for what only the words tell.
    var text = ""
    /// How long to wait, as Google writes it: `45s`.
    var retryDelay: String?
    /// Rate limit headers of the provider behind, as OpenRouter passes them on.
    var headers: [(name: String, value: String)] = []
    /// The provider's id of the request, when the body has it.
    var requestID: String?
    /// Whether the body is a JSON object with an `error` object: what an OpenAI client understands unchanged.
    var isErrorObject = false

    /// No more of a message is kept.
    static let maximumMessage = 500

    init(_ bytes: [UInt8]) {
        // What is only read, and not passed on, may say a thing twice.
        let limits = JSONLimits.response.with { $0.rejectsDuplicateMembers = false }
        if let document = try? JSONDocument(bytes, limits: limits) {
            read(document.root)
        } else {
            readText(bytes)
        }
        message = message.map(ErrorBody.presentable)
        text = String((text + " " + (message ?? "")).lowercased().prefix(4 * ErrorBody.maximumMessage))
    }

    /// Reads a value that stands where an error body does: the error of a stream's event.
    init(_ value: JSONValue) {
        read(value)
        message = message.map(ErrorBody.presentable)
        text = String((text + " " + (message ?? "")).lowercased().prefix(4 * ErrorBody.maximumMessage))
    }

    /// One line without control characters, bounded.
    static func presentable(_ text: String) -> String {
        var line = ""
        var isSpaceDue = false
        for character in text.unicodeScalars {
            if character.properties.isWhitespace || character.properties.generalCategory == .control {
                isSpaceDue = !line.isEmpty
                continue
            }
            if isSpaceDue { line.unicodeScalars.append(" ") }
            isSpaceDue = false
            line.unicodeScalars.append(character)
            if line.unicodeScalars.count >= maximumMessage { return line + "…" }
        }
        return line
    }
}

// MARK: - JSON

extension ErrorBody {
    private mutating func read(_ root: JSONValue) {
        switch root.kind {
        case .object: readObject(root)
        case .array: if let first = root[0] { read(first) }
        case .string: message = root.string
        default: break
        }
    }

    private mutating func readObject(_ root: JSONValue) {
        requestID = root["request_id"]?.string ?? root["requestId"]?.string
        guard let error = root["error"], !error.isNull else {
            readError(root)
            if let errors = root["errors"], message == nil { readList(errors) }
            return
        }
        switch error.kind {
        case .object:
            isErrorObject = true
            readError(error)
        case .array: readList(error)
        default:
            readError(root)
            message = error.string ?? message
        }
    }

    private mutating func readError(_ error: JSONValue) {
        readCode(error["code"] ?? error["statusCode"])
        for name in ["type", "status", "reason"] { note(error[name]) }
        code = code ?? error["status"]?.string ?? error["type"]?.string
        if parameter == nil { parameter = error["param"]?.string }
        for inner in [error["innererror"], error["inner_error"]] {
            note(inner?["code"])
            note(inner?["innererror"]?["code"])
        }
        readMetadata(error["metadata"])
        readDetails(error["details"])
        readMessage(error)
    }

    private mutating func readCode(_ value: JSONValue?) {
        note(value)
        numericCode = value?.int ?? value?.string.flatMap { Int($0) } ?? numericCode
        if let word = value?.string, Int(word) == nil { code = word }
    }

    private mutating func readMessage(_ error: JSONValue) {
        if let text = error["message"]?.string ?? error["msg"]?.string {
            // Gateways quote the whole body of the provider behind them as their message.
            if text.first == "{", let quoted = try? JSONDocument(text, limits: .response) {
                read(quoted.root)
                message = message ?? text
            } else {
                message = text
            }
        } else if let detail = error["detail"] ?? error["message"]?["detail"] {
            message = detail.string
            if message == nil { readList(detail) }
        }
    }

    /// FastAPI's and Cohere's lists of what is wrong; the first entry speaks for all.
    private mutating func readList(_ list: JSONValue) {
        guard let first = list[0] else { return }
        if let text = first.string {
            message = text
            return
        }
        readError(first)
        if let place = first["loc"], place.kind == .array {
            let path = place.elements.compactMap { $0.string ?? $0.int.map(String.init) }.filter { $0 != "body" }
            parameter = parameter ?? (path.isEmpty ? nil : path.joined(separator: "."))
        }
    }

    /// OpenRouter's: the words and headers of the provider behind it, and why a filter refused.
    private mutating func readMetadata(_ metadata: JSONValue?) {
        guard let metadata, metadata.kind == .object else { return }
        if metadata["flagged_input"] != nil || metadata["reasons"] != nil { labels.insert("content_filter") }
        if let raw = metadata["raw"]?.string { text += " " + raw.prefix(ErrorBody.maximumMessage) }
        guard let headers = metadata["headers"] else { return }
        for (name, value) in headers.members.prefix(32) {
            guard let value = value.string ?? value.int.map(String.init) else { continue }
            self.headers.append((name, value))
        }
    }

    /// Google's: which quota, and how long to wait.
    private mutating func readDetails(_ details: JSONValue?) {
        guard let details, details.kind == .array else { return }
        for detail in details.elements.prefix(16) {
            note(detail["reason"])
            retryDelay = retryDelay ?? detail["retryDelay"]?.string
            for violation in (detail["violations"]?.elements ?? .empty).prefix(16) {
                if let quota = violation["quotaId"]?.string { text += " " + quota.prefix(200) }
            }
        }
    }

    private mutating func note(_ value: JSONValue?) {
        if let word = value?.string, word.utf8.count <= 100 { labels.insert(word.lowercased()) }
    }
}

// MARK: - Everything else

extension ErrorBody {
    private mutating func readText(_ bytes: [UInt8]) {
        let text = String(decoding: bytes.prefix(16 * 1024), as: UTF8.self).trimmed
        guard !text.isEmpty else { return }
        guard text.first == "<" else {
            message = String(text.prefix(ErrorBody.maximumMessage))
            return
        }
        // A page is for a browser; only its title says something here.
        let lowered = text.lowercased()
        guard let start = lowered.firstRange(of: "<title>")?.upperBound,
            let end = lowered[start...].firstRange(of: "</title>")?.lowerBound
        else {
            message = "an HTML page"
            return
        }
        message = "an HTML page: \(lowered[start..<end].prefix(100))"
    }
}
