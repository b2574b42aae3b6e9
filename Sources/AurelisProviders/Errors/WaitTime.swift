internal import Aurelis
internal import AurelisTransport

/// Finds out how long a provider wants to be left alone.
struct WaitTime {
    let headers: HTTPHeaderList
    let body: ErrorBody
    /// Seconds since 1970-01-01 UTC.
    let now: Int64

    /// The wait, from the most exact statement to the vaguest; nil when there is none.
    func duration(for category: ModelError.Category) -> Duration? {
        if let stated { return min(max(stated, .zero), WaitTime.longest) }
        guard category == .rateLimit || category == .upstream else { return nil }
        let guessed = body.retryDelay.flatMap(WaitTime.duration) ?? WaitTime.spoken(in: body.text) ?? reset
        return guessed.map { min(max($0, .zero), WaitTime.longest) }
    }

    /// Nobody asks for more in earnest.
    private static let longest: Duration = .seconds(31 * 86_400)

    /// What the headers made for it say.
    private var stated: Duration? {
        if let text = header("retry-after-ms"), let number = WaitTime.number(text) { return .milliseconds(number) }
        if let text = header("retry-after") {
            if let number = WaitTime.number(text) { return .seconds(number) }
            if let date = HTTPDate.secondsSinceEpoch(text) { return .seconds(max(0, date - now)) }
        }
        return header("x-ratelimit-timeremaining").flatMap(WaitTime.number).map { .seconds($0) }
    }

    /// When the window that is used up starts again.
    private var reset: Duration? {
        var longest: Duration?
        for kind in ["requests", "tokens"] where header("x-ratelimit-remaining-\(kind)") == "0" {
            guard let wait = header("x-ratelimit-reset-\(kind)").flatMap(WaitTime.duration) else { continue }
            longest = max(longest ?? .zero, wait)
        }
        if let longest { return longest }
        guard let number = header("x-ratelimit-reset").flatMap(WaitTime.number) else { return nil }
        // A moment in milliseconds or seconds since 1970, or simply seconds from now.
        if number > 1e11 { return .milliseconds(max(0, number - Double(now) * 1_000)) }
        return .seconds(number > 1e9 ? max(0, number - Double(now)) : number)
    }

    private func header(_ name: String) -> String? {
        headers[name] ?? body.headers.first { $0.name.equalsIgnoringCase(name) }?.value
    }

    /// A plain number that is one; headers can hold anything.
    private static func number(_ text: String) -> Double? {
        guard text.utf8.count <= 32, let number = Double(text.trimmed), number.isFinite else { return nil }
        return min(max(number, 0), 1e15)
    }
}

extension WaitTime {
    /// A duration as Go and Google write it: `1m2.5s`, `350ms`, `6m0s`, `45s`, `1h30m`; a bare number is seconds.
    static func duration(_ text: String) -> Duration? {
        duration(startOf: text.trimmed[...], wholeText: true)
    }

    /// A wait inside a sentence: `Please wait 5631 seconds`, `try again in 1m2.5s`, `retry after 26 seconds`.
    static func spoken(in text: String) -> Duration? {
        for lead in ["please wait ", "try again in ", "retry after ", "retry in ", "try again after "] {
            guard let place = text.firstRange(of: lead) else { continue }
            if let wait = duration(startOf: text[place.upperBound...], wholeText: false) { return wait }
        }
        return nil
    }

    private static let units: [(name: String, seconds: Double)] = [
        ("milliseconds", 0.001), ("ms", 0.001), ("seconds", 1), ("second", 1), ("secs", 1), ("sec", 1), ("s", 1),
        ("minutes", 60), ("minute", 60), ("mins", 60), ("min", 60), ("m", 60), ("hours", 3_600), ("hour", 3_600),
        ("h", 3_600), ("days", 86_400), ("day", 86_400), ("d", 86_400),
    ]

    private static func duration(startOf text: Substring, wholeText: Bool) -> Duration? {
        var rest = text.prefix(64)
        var seconds: Double?
        while let (number, afterNumber) = leadingNumber(rest) {
            let unitStart = afterNumber.first == " " ? afterNumber.dropFirst() : afterNumber
            let word = unitStart.prefix { $0.isASCII && $0.isLetter }.lowercased()
            guard let unit = units.first(where: { $0.name == word }) else {
                if wholeText, seconds == nil, afterNumber.isEmpty { return .seconds(number) }
                break
            }
            seconds = (seconds ?? 0) + number * unit.seconds
            rest = unitStart.dropFirst(unit.name.count)
            while rest.first == " " { rest.removeFirst() }
        }
        guard let seconds, seconds < 1e9, !wholeText || rest.isEmpty else { return nil }
        return .milliseconds((seconds * 1_000).rounded())
    }

    private static func leadingNumber(_ text: Substring) -> (number: Double, rest: Substring)? {
        var end = text.prefix { $0.isASCII && $0.isNumber }.endIndex
        guard end > text.startIndex else { return nil }
        if end < text.endIndex, text[end] == "." {
            let fraction = text[text.index(after: end)...].prefix { $0.isASCII && $0.isNumber }
            if !fraction.isEmpty { end = fraction.endIndex }
        }
        return Double(text[..<end]).map { ($0, text[end...]) }
    }
}
