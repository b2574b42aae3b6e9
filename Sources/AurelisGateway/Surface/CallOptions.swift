internal import Aurelis

extension ModelCall.Options {
    /// Reads `x-aurelis-task`, `x-aurelis-fallback` and `x-aurelis-timeout`.
    ///
    /// - Throws: `invalidRequest`, saying what is allowed.
    init(reading head: RequestHead) throws(ModelError) {
        self.init()
        if let task = head.task { self.task = try TaskType(parsing: task) }
        if let fallback = head.fallback {
            switch fallback {
            case "true": allowsFallback = true
            case "false": allowsFallback = false
            default: throw .badField("x-aurelis-fallback", fallback, allowed: "\"true\" or \"false\"")
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
    }

    /// `30`, `30s` or `500ms`, from one millisecond to one hour.
    static func duration(_ text: String) -> Duration? {
        let digits = text.utf8.prefix { $0 &- UInt8(ascii: "0") < 10 }
        guard let number = Int(Substring(digits)), number > 0, number <= 3_600_000 else { return nil }
        let duration: Duration
        switch text.dropFirst(digits.count) {
        case "", "s": duration = .seconds(number)
        case "ms": duration = .milliseconds(number)
        default: return nil
        }
        return duration <= .seconds(3_600) ? duration : nil
    }
}

extension ModelError {
    fileprivate static func badField(_ name: String, _ value: String, allowed: String) -> ModelError {
        var error = ModelError(
            .invalidRequest,
            "the header field \(name) is \"\(value.prefix(64))\"; it may be \(allowed)",
            code: "invalid_header"
        )
        error.parameter = name
        return error
    }
}
