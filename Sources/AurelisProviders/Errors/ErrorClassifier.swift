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
/// Whatever the provider repeats of the credential is taken out before anything is read.
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
        let body = secret?.redacted(body) ?? body
        let read = ErrorBody(body)
        var error = classify(status: status, headers: headers, body: read)
        if read.isErrorObject, body.count <= ErrorClassifier.maximumKeptBody, secret?.isSpelled(in: body) != true {
            error.body = body
        }
        return secret.map { error.hiding($0) } ?? error
    }

    /// The error that stands inside a successful response: in an event of a stream, or in a body with status 200.
    func classify(_ value: JSONValue, hiding secret: Secret? = nil) -> ModelError {
        let kept = Array(value.raw)
        let body = secret?.redacted(kept) ?? kept
        let read = ErrorBody(value)
        // Such errors carry the status they would have had as their code.
        let status = read.numericCode.flatMap { (400...599) ~= $0 ? $0 : nil }
        var error = classify(status: status ?? 502, headers: [:], body: read)
        if status == nil {
            error.status = nil
            if error.code == nil { error.code = "stream_error" }
        }
        if read.isErrorObject, body.count <= ErrorClassifier.maximumKeptBody, secret?.isSpelled(in: body) != true {
            error.body = body
        }
        return secret.map { error.hiding($0) } ?? error
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
    /// The same without a credential that the provider repeated.
    fileprivate func hiding(_ secret: Secret) -> ModelError {
        var error = self
        error.message = secret.redacted(message)
        error.code = code.map(secret.redacted)
        error.parameter = parameter.map(secret.redacted)
        error.providerRequestID = providerRequestID.map(secret.redacted)
        return error
    }
}
