internal import AurelisJSON
internal import Logging

/// Looks at calls before anything is done with them: limits, then credentials.
struct CallInspector: Sendable {
    let configuration: SafetyConfiguration
    private let detector: SecretDetector

    init(_ configuration: SafetyConfiguration) {
        self.configuration = configuration
        detector = SecretDetector(ignoring: configuration.ignored)
    }

    /// Looks at a call, once; under `redact` its body has placeholders afterwards.
    ///
    /// - Throws: `invalidRequest` for texts that are too long; `security` where credentials are not let through.
    func inspect(_ call: inout ModelCall, logger: Logger) throws(ModelError) {
        if let inspection = call.inspection {
            guard let refusal = inspection.refusal else { return }
            throw refusal
        }
        do throws(ModelError) { try configuration.limits.check(call) } catch {
            call.inspection = CallInspection(refusal: error)
            throw error
        }
        let policy = max(configuration.secrets, call.secrets ?? .off)
        guard policy > .off else { return call.inspection = .clean }
        let matches = call.body.bytes.withUnsafeBufferPointer { detector.matches(inEscaped: $0) }
        guard !matches.isEmpty || !call.cacheTags.isEmpty else { return call.inspection = .clean }
        hideTags(&call)
        guard !matches.isEmpty else { return call.inspection = .clean }
        try decide(matches, about: &call, policy, logger)
    }

    private func decide(
        _ matches: [SecretMatch],
        about call: inout ModelCall,
        _ policy: SecretPolicy,
        _ logger: Logger
    ) throws(ModelError) {
        let isInName = call.isNamed(within: matches)
        // The name of a model is told everywhere: to the caller, in traces, in metrics.
        let policy = isInName ? .block : policy
        let notices = notices(of: matches, in: call.body, policy.action)
        let places = notices.map { "\($0.kind) in \($0.place)" }.joined(separator: ", ")
        logger.notice(
            "a request holds credentials",
            metadata: ["request": "\(call.id)", "findings": "\(places)", "action": "\(policy.action.rawValue)"]
        )
        if policy == .block {
            if isInName { call.model = "[redacted]" }
            let refusal = ModelError.secretDetected(notices, of: matches.count)
            call.inspection = CallInspection(notices: notices, refusal: refusal)
            throw refusal
        }
        var restoration: SecretRestoration?
        if policy == .redact {
            var redaction = BodyRedaction(call.body.bytes)
            let bytes = redaction.redacted(matches)
            do { call.body = try JSONDocument(bytes) } catch {
                throw ModelError(
                    .security,
                    "a credential in the request cannot be taken out of it",
                    code: "secret_detected"
                )
            }
            if configuration.restoresSecrets { restoration = SecretRestoration(redaction.values) }
        }
        call.inspection = CallInspection(notices: notices, restoration: restoration)
    }

    /// Tags are kept beside answers, readable by whoever asks.
    private func hideTags(_ call: inout ModelCall) {
        call.cacheTags = call.cacheTags.map { tag in
            detector.findings(in: tag).isEmpty ? tag : Redaction(detector: detector).text(tag)
        }
    }

    /// What is told: each kind at each place once.
    private func notices(
        of matches: [SecretMatch],
        in body: JSONDocument,
        _ action: SecretNotice.Action
    ) -> [SecretNotice] {
        var notices: [SecretNotice] = []
        var places = JSONPlaces(body.root)
        for match in matches {
            let place = places.place(of: match.range.lowerBound)
            let notice = SecretNotice(kind: match.kind, place: place, action: action)
            if !notices.contains(notice) { notices.append(notice) }
            if notices.count == CallInspection.mostNotices { break }
        }
        return notices
    }
}

extension SecretPolicy {
    fileprivate var action: SecretNotice.Action {
        switch self {
        case .off, .warn: .passed
        case .redact: .redacted
        case .block: .blocked
        }
    }
}

extension ModelCall {
    /// Whether one of these places is in the name of the model.
    fileprivate func isNamed(within matches: [SecretMatch]) -> Bool {
        guard let name = body["model"]?.raw else { return false }
        return matches.contains { name.startIndex <= $0.range.lowerBound && $0.range.lowerBound < name.endIndex }
    }
}

extension ModelError {
    /// Credentials where none may be.
    fileprivate static func secretDetected(_ notices: [SecretNotice], of count: Int) -> ModelError {
        let first = notices.first
        let kind = first?.kind ?? .literal
        let others = count > 1 ? " and \(count - 1) more" : ""
        var error = ModelError(
            .security,
            "the request holds what looks like a credential: \(kind.title) (\(kind)) in "
                + "\(first?.place ?? "the body")\(others); nothing was sent",
            code: "secret_detected",
            hint: "take it out; if it is none, name \(kind) in safety.ignore"
        )
        error.parameter = first?.place
        return error
    }
}
