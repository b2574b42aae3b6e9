package import Aurelis
internal import AurelisJSON
package import AurelisTransport

/// Turns a provider's refusal into the one typed error, by its status and its body.
///
///     let classifier = ErrorClassifier(wayOut: "…")
///     let error = classifier.classify(status: 429, headers: headers, body: bytes, hiding: secret)
///     error.category       // .rateLimit
///     error.limit          // .day
///     error.retryAfter     // 5631 s
///
/// Where the provider repeats the credential, in any spelling, none of its words are passed on; see
/// `Secret.isRepeated(in:)`.
package struct ErrorClassifier: Sendable {
    private let wayOut: String
    private let clock: WallClock

    /// Bodies up to this size are kept, to be passed on unchanged.
    static let maximumKeptBody = 16 * 1024

    /// What helps when a provider has ended.
    package static let standardWayOut =
        "choose another provider with `aurelis config init --provider openai`, "
        + "or name any OpenAI-compatible server with `--base-url URL`"

    /// A classifier.
    ///
    /// - Parameter wayOut: what to do when the provider turns out to have ended.
    package init(wayOut: String = ErrorClassifier.standardWayOut, clock: WallClock = .system) {
        self.wayOut = wayOut
        self.clock = clock
    }

    /// The error that a response stands for.
    ///
    /// - Parameter secret: the credential that was sent.
    package func classify(
        status: Int,
        headers: HTTPHeaderList,
        body: [UInt8],
        hiding secret: Secret? = nil
    ) -> ModelError {
        let read = ErrorBody(body)
        var error = classify(status: status, headers: headers, body: read)
        if read.isErrorObject, body.count <= ErrorClassifier.maximumKeptBody { error.body = body }
        return secret.map { error.hiding($0, repeatedIn: body) } ?? error
    }

    /// The error that stands inside a successful response: in an event of a stream, or in a body with status 200.
    func classify(_ value: JSONValue, hiding secret: Secret? = nil) -> ModelError {
        let body = Array(value.raw)
        let read = ErrorBody(value)
        // Such errors carry the status they would have had as their code.
        let status = read.numericCode.flatMap { (400...599) ~= $0 ? $0 : nil }
        var error = classify(status: status ?? 502, headers: [:], body: read)
        if status == nil {
            error.status = nil
            if error.code == nil { error.code = "stream_error" }
        }
        if read.isErrorObject, body.count <= ErrorClassifier.maximumKeptBody { error.body = body }
        return secret.map { error.hiding($0, repeatedIn: body) } ?? error
    }

    private func classify(status: Int, headers: HTTPHeaderList, body: ErrorBody) -> ModelError {
        let signs = FailureSigns(status: status, body: body, isPastSunset: isPastSunset(headers))
        let category = signs.category
        var error = ModelError(
            category,
            body.message ?? FailureSigns.explanation(of: status),
            code: body.code ?? headers["x-ms-error-code"].map(ErrorBody.presentable)
                ?? body.numericCode.map(String.init),
            hint: category == .retired && !signs.isModelRetired ? wayOut : signs.hint
        )
        error.status = status
        error.parameter = body.parameter
        error.providerRequestID = requestID(headers) ?? body.requestID.map(ErrorBody.presentable)
        let waits = WaitTime(headers: headers, body: body, now: clock.secondsSinceEpoch)
        error.retryAfter = waits.duration(for: category)
        if category == .rateLimit {
            error.limit = RateLimitKind.of(headers: headers, body: body, wait: error.retryAfter)
            error.limitAmount = RateLimitKind.amount(in: body.text)
        }
        return error
    }

    private func isPastSunset(_ headers: HTTPHeaderList) -> Bool {
        guard let sunset = headers["sunset"].flatMap(HTTPDate.secondsSinceEpoch) else { return false }
        return sunset <= clock.secondsSinceEpoch
    }

    private func requestID(_ headers: HTTPHeaderList) -> String? {
        for name in ErrorClassifier.requestIDFields {
            if let id = headers[name], !id.isEmpty, id.utf8.count <= 128 { return ErrorBody.presentable(id) }
        }
        return nil
    }

    private static let requestIDFields = [
        "x-request-id", "x-ms-request-id", "apim-request-id", "x-github-request-id", "request-id", "cf-ray",
    ]
}

extension ModelError {
    /// The same without the words in which the provider repeated a credential.
    fileprivate func hiding(_ secret: Secret, repeatedIn text: [UInt8]) -> ModelError {
        var error = self
        if secret.isRepeated(in: text) || secret.isRepeated(in: message) {
            error.message = "the provider's explanation is withheld because it repeats the credential"
            error.body = nil
        }
        if let code, secret.isRepeated(in: code) { error.code = nil }
        if let parameter, secret.isRepeated(in: parameter) { error.parameter = nil }
        if let id = providerRequestID, secret.isRepeated(in: id) { error.providerRequestID = nil }
        return error
    }
}
