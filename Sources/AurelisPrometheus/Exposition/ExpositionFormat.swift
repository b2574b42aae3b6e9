/// The two ways in which metrics are written.
///
///     ExpositionFormat(accepting: request.headers[.accept])     // .openMetrics for a Prometheus of today
package enum ExpositionFormat: Sendable, CaseIterable {
    /// Prometheus's own text, version 0.0.4: what everything reads.
    case text
    /// OpenMetrics 1.0.
    case openMetrics

    /// The best that an `Accept` field takes; the text for whoever does not say.
    package init(accepting field: String?) {
        var (text, open) = (0.0, 0.0)
        for range in (field ?? "").split(separator: ",") {
            let parts = range.split(separator: ";").map { Self.trimmed($0).lowercased() }
            guard let type = parts.first else { continue }
            var weight = 1.0
            var version: String?
            for parameter in parts.dropFirst() {
                if parameter.hasPrefix("q=") { weight = Double(parameter.dropFirst(2)) ?? 0 }
                if parameter.hasPrefix("version=") { version = String(parameter.dropFirst(8)) }
            }
            switch type {
            case "application/openmetrics-text":
                if version == nil || version == "1.0.0" || version == "0.0.1" { open = max(open, weight) }
            case "text/plain", "text/*", "*/*":
                text = max(text, weight)
            default: break
            }
        }
        self = open > 0 && open >= text ? .openMetrics : .text
    }

    /// What the answer is said to be.
    package var contentType: String {
        switch self {
        case .text: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
