internal import Aurelis
internal import AurelisJSON
internal import AurelisTransport

extension OpenAICompatibleProvider {
    /// Reads a response whose status means success, as far as an answer reaches.
    func answer(
        to attempt: ProviderAttempt,
        _ response: HTTPClientResponse,
        _ credential: Credential?
    ) async throws(ModelError) -> ProviderAnswer {
        switch MediaType(response.headers) {
        case .eventStream where attempt.stream:
            let stream = UpstreamStream(
                response.body,
                maximumEventBytes: settings.maximumEventBytes,
                provider: id,
                foldsUsage: asksForUsage(attempt),
                errors: { [classifier] in classifier.classify($0, hiding: credential?.secret) }
            )
            return .stream(stream)
        case .json, .unnamed:
            let document = try await document(in: response, status: response.status, credential)
            guard !attempt.stream || document["choices"]?.kind == .array else {
                throw .noAnswer(
                    "the provider answered a streamed request with JSON that is no answer",
                    "wrong_content_type",
                    response.status
                )
            }
            return .whole(document)
        case .eventStream:
            response.body.cancel()
            throw .wrongContentType("text/event-stream", response.status)
        case .other(let name):
            response.body.cancel()
            throw .wrongContentType(name, response.status)
        }
    }

    /// The JSON object that is the body, when it is one and no error in disguise.
    func document(
        in response: HTTPClientResponse,
        status: Int,
        _ credential: Credential?
    ) async throws(ModelError) -> JSONDocument {
        let document = try await json(in: response)
        // Some gateways report failures with status 200.
        if document["choices"] == nil, let error = document["error"], error.kind == .object || error.kind == .string {
            throw classifier.classify(document.root, hiding: credential?.secret)
        }
        return document
    }

    /// The JSON that is the body.
    func json(in response: HTTPClientResponse) async throws(ModelError) -> JSONDocument {
        let bytes: [UInt8]
        do {
            bytes = try await response.body.collect(upTo: settings.maximumAnswerBytes)
        } catch {
            throw ModelError(error)
        }
        guard bytes.contains(where: { $0 > 0x20 }) else {
            throw .noAnswer("the provider's answer is empty", "empty_answer", response.status)
        }
        do {
            return try JSONDocument(bytes, limits: .response)
        } catch {
            throw .noAnswer("the provider's answer is not valid JSON: \(error)", "malformed_json", response.status)
        }
    }

    /// The error that a response with a failure status stands for; drops a credential that was refused.
    func refusal(_ response: HTTPClientResponse, _ credential: Credential?) async -> ModelError {
        let body: [UInt8]
        do { body = try await errorBody(of: response) } catch { return error }
        var error = classifier.classify(
            status: response.status,
            headers: response.headers,
            body: body,
            hiding: credential?.secret
        )
        guard error.category == .authentication else { return error }
        guard let credential else {
            error.hint = error.hint ?? "no credential was sent; name one with `--api-key-env VARIABLE` or `api_key`"
            return error
        }
        credentials.invalidate(credential)
        validities.note(.invalid(error.message), of: credential.secret)
        let origin = "the credential came from \(credential.origin)"
        error.detail = credential.warning.map { "\(origin); \($0)" } ?? origin
        return error
    }

    /// As much of a refusal's body as is worth reading. What cannot be read of it does not matter: the status is known.
    private func errorBody(of response: HTTPClientResponse) async throws(ModelError) -> [UInt8] {
        let end = ContinuousClock.now + .seconds(10)
        var bytes: [UInt8] = []
        while true {
            do {
                guard let next = try await response.body.next() else { return bytes }
                bytes += next
            } catch {
                guard error.code == .cancelled else { return bytes }
                throw ModelError(error)
            }
            // A body of this size, or one that drips, is no explanation any more.
            guard bytes.count < 64 * 1024, ContinuousClock.now < end else {
                response.body.cancel()
                return bytes
            }
        }
    }
}

extension ModelError {
    /// The provider answered with success, but not with an answer.
    static func noAnswer(_ message: String, _ code: String, _ status: Int) -> ModelError {
        var error = ModelError(.upstream, message, code: code)
        error.status = status
        return error
    }

    static func wrongContentType(_ name: String, _ status: Int) -> ModelError {
        noAnswer("the provider answered with \(name), which is no answer", "wrong_content_type", status)
    }
}
