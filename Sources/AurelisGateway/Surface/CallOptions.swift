internal import Aurelis

extension ModelCall.Options {
    /// Reads `x-aurelis-task`, `-fallback`, `-strategy`, `-restart`, `-timeout`, `-wait`, `-priority`, `-cache`,
    /// `-cache-tags` and `-secrets`.
    ///
    /// - Throws: `invalidRequest`, saying what is allowed.
    init(reading head: RequestHead) throws(ModelError) {
        self.init()
        if let task = head.task { self.task = try TaskType(parsing: task) }
        if let fallback = head.fallback { self.fallback = try Self.fallback(fallback) }
        if let strategy = head.strategy {
            guard let known = RoutingStrategy(rawValue: strategy) else {
                let names = RoutingStrategy.allCases.map(\.rawValue).joined(separator: ", ")
                throw .badField("x-aurelis-strategy", strategy, allowed: names)
            }
            self.strategy = known
        }
        if let restart = head.restart {
            switch restart {
            case "true": allowsRestart = true
            case "false": allowsRestart = false
            default: throw .badField("x-aurelis-restart", restart, allowed: "\"true\" or \"false\"")
            }
        }
        if let timeout = head.timeout {
            guard let duration = Self.duration(timeout) else {
                throw .badField(
                    "x-aurelis-timeout",
                    timeout,
                    allowed: "seconds (\"30\", \"30s\") or milliseconds (\"500ms\"), from 1ms to 3600s"
                )
            }
            self.timeout = duration
        }
        if let wait = head.wait {
            guard let duration = Self.duration(wait, upTo: .seconds(86_400)) else {
                throw .badField("x-aurelis-wait", wait, allowed: "seconds (\"90\", \"90s\"), from 1s to 86400s")
            }
            quotaTimeout = duration
        }
        if let priority = head.priority {
            guard let known = RequestPriority(rawValue: priority) else {
                let names = RequestPriority.allCases.map(\.rawValue).joined(separator: ", ")
                throw .badField("x-aurelis-priority", priority, allowed: names)
            }
            self.priority = known
        }
        if let cache = head.cache {
            guard let policy = CachePolicy(rawValue: cache) else {
                let names = CachePolicy.allCases.map(\.rawValue).joined(separator: ", ")
                throw .badField("x-aurelis-cache", cache, allowed: names)
            }
            self.cache = policy
        }
        if let tags = head.cacheTags { cacheTags = try Self.tags(tags) }
        if let secrets = head.secrets {
            guard let policy = SecretPolicy(rawValue: secrets) else {
                let names = SecretPolicy.allCases.map(\.rawValue).joined(separator: ", ")
                throw .badField("x-aurelis-secrets", secrets, allowed: names)
            }
            require(secrets: policy)
        }
    }

    /// Names separated by commas.
    private static func tags(_ text: String) throws(ModelError) -> [String] {
        let tags = text.split(separator: ",").map { String($0.trimming(" \t")) }
        guard tags.count <= 16, tags.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 128 }) else {
            let allowed = "up to 16 names of up to 128 bytes, separated by commas"
            throw .badField("x-aurelis-cache-tags", text, allowed: allowed)
        }
        return tags
    }

    /// `true`, `false`, or the models that may answer, separated by commas.
    private static func fallback(_ text: String) throws(ModelError) -> FallbackRule {
        switch text {
        case "true": return .byTask
        case "false": return .never
        default:
            let names = text.split(separator: ",").map { $0.trimming(" \t") }
            // Who writes "yes" has not named a model.
            let mistaken: Set<Substring> = ["yes", "no", "on", "off", "0", "1", "none", "null", "auto"]
            guard names.count <= 16, names.allSatisfy({ !$0.isEmpty && !mistaken.contains($0) }), !names.isEmpty else {
                let allowed = "\"true\", \"false\", or up to 16 models separated by commas"
                throw .badField("x-aurelis-fallback", text, allowed: allowed)
            }
            return .models(names.map { ModelID(String($0)) })
        }
    }

    /// `30`, `30s` or `500ms`, from one millisecond on.
    static func duration(_ text: String, upTo longest: Duration = .seconds(3_600)) -> Duration? {
        let digits = text.utf8.prefix { $0 &- UInt8(ascii: "0") < 10 }
        guard let number = Int(Substring(digits)), number > 0, number <= 86_400_000 else { return nil }
        let duration: Duration
        switch text.dropFirst(digits.count) {
        case "", "s": duration = .seconds(number)
        case "ms": duration = .milliseconds(number)
        default: return nil
        }
        return duration <= longest ? duration : nil
    }
}

extension ModelError {
    fileprivate static func badField(_ name: String, _ value: String, allowed: String) -> ModelError {
        var error = ModelError(
            .invalidRequest,
            "the header field \(name) is \"\(Redaction.standard.text(value).prefix(64))\"; it may be \(allowed)",
            code: "invalid_header"
        )
        error.parameter = name
        return error
    }
}

extension StringProtocol where SubSequence == Substring {
    func trimming(_ characters: String) -> Substring {
        var text = self[...]
        while let first = text.first, characters.contains(first) { text.removeFirst() }
        while let last = text.last, characters.contains(last) { text.removeLast() }
        return text
    }
}
