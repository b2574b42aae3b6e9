internal import AurelisJSON
internal import Hummingbird
internal import NIOCore

/// The JSON object of a request's body, of which every member is known.
///
///     let body = try await JSONBody.object(of: request)
///     try body.check(knowing: ["name"])
///     let name = try body.text("name")
struct JSONBody {
    private let value: JSONValue?
    /// What its members are below; nil: the body itself.
    private let path: String?

    private init(_ value: JSONValue?, path: String? = nil) {
        self.value = value
        self.path = path
    }

    /// Reads the body; an empty one says nothing.
    ///
    /// - Throws: 400, 413 or 415.
    static func object(of request: Request) async throws -> JSONBody {
        let bytes: ByteBuffer
        do { bytes = try await request.body.collect(upTo: RequestGate.maximumBody) } catch is NIOTooManyBytesError {
            throw AdminFailure(.contentTooLarge, code: "request_too_large", "the body is larger than 64 KB")
        }
        guard bytes.readableBytes > 0 else { return JSONBody(nil) }
        if let type = request.headers[.contentType], !isJSON(type) {
            throw AdminFailure(
                .unsupportedMediaType,
                code: "unsupported_media_type",
                "send JSON with \"content-type: application/json\""
            )
        }
        do {
            let document = try JSONDocument(Array(bytes.readableBytesView))
            guard document.root.kind == .object else { throw AdminFailure.body("the body must be a JSON object") }
            return JSONBody(document.root)
        } catch let error as JSONError {
            throw AdminFailure(.badRequest, code: "invalid_json", "the body is not valid JSON: \(error)")
        }
    }

    private static func isJSON(_ type: String) -> Bool {
        let essence = type.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        return essence == "application/json" || (essence.hasPrefix("application/") && essence.hasSuffix("+json"))
    }

    /// - Throws: 400 when there is a member that is not among the known ones.
    func check(knowing names: [String]) throws {
        for (name, _) in value?.members ?? .empty where !names.contains(name) {
            let known = names.isEmpty ? "nothing is known here" : "known here: \(names.joined(separator: ", "))"
            let member = at(String(name.prefix(64)))
            throw AdminFailure.body("'\(member)' is not known (\(known))", parameter: member)
        }
    }

    /// The object below a name; one that says nothing when it is missing.
    func object(_ name: String, knowing names: [String]) throws -> JSONBody {
        guard let member = member(name) else { return JSONBody(nil, path: at(name)) }
        guard member.kind == .object else { throw wrong(name, "must be an object") }
        let body = JSONBody(member, path: at(name))
        try body.check(knowing: names)
        return body
    }

    /// A string; nil when it is missing.
    func text(_ name: String) throws -> String? {
        guard let member = member(name) else { return nil }
        guard let text = member.string else { throw wrong(name, "must be a string") }
        return text
    }

    /// A whole number; nil when it is missing.
    func number(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let member = member(name) else { return nil }
        guard let number = member.int, range.contains(number) else {
            throw wrong(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A list of up to 64 words, each of them read; nil when it is missing.
    func words<Word>(_ name: String, _ allowed: String, _ read: (String) -> Word?) throws -> [Word]? {
        guard let member = member(name) else { return nil }
        guard member.kind == .array, (1...64).contains(member.count) else {
            throw wrong(name, "must be a list of 1 to 64 of: \(allowed)")
        }
        return try member.elements.map { element in
            guard let word = element.string.flatMap(read) else { throw wrong(name, "may hold: \(allowed)") }
            return word
        }
    }

    /// What is wrong with a member.
    func wrong(_ name: String, _ message: String) -> AdminFailure {
        .body("'\(at(name))' \(message)", parameter: at(name))
    }

    private func member(_ name: String) -> JSONValue? { value?[name] }

    private func at(_ name: String) -> String { path.map { "\($0).\(name)" } ?? name }
}
