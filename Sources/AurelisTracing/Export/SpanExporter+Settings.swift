package import AurelisTransport

extension SpanExporter {
    /// Where spans go, and in which portions.
    package struct Settings: Sendable {
        /// The collector.
        package var origin: HTTPOrigin
        /// Where it takes traces.
        package var path: String
        /// Fields of every request, such as the collector's key.
        package var headers: [(String, String)]
        /// Who exports, by OpenTelemetry's names.
        package var resource: [(name: String, value: String)]
        /// The version of what makes the spans.
        package var version: String
        /// How long spans wait for others.
        package var interval: Duration = .seconds(1)
        /// How long one batch may take, and what is left at the end.
        package var timeout: Duration = .seconds(5)
        /// Spans of one batch.
        package var batch = 512
        /// Spans that may wait.
        package var queue = 4_096
        /// Takes credentials out of a text that is sent.
        package var redact: @Sendable (String) -> String

        /// Settings; the rest has defaults.
        package init(
            origin: HTTPOrigin,
            path: String,
            headers: [(String, String)] = [],
            resource: [(name: String, value: String)],
            version: String,
            redact: @escaping @Sendable (String) -> String
        ) {
            self.origin = origin
            self.path = path
            self.headers = headers
            self.resource = resource
            self.version = version
            self.redact = redact
        }
    }

    /// What has become of the spans since the process began.
    package struct Counts: Sendable, Hashable {
        /// In the queue.
        package var waiting: Int
        /// The collector has them.
        package var exported: Int
        /// There was no room in the queue.
        package var dropped: Int
        /// The collector did not take them.
        package var lost: Int
    }
}
