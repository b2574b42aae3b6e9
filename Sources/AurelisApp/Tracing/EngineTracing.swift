internal import Aurelis
package import AurelisTracing
internal import AurelisTransport
internal import Foundation
internal import Logging

/// The tracer of one process and what brings its spans away.
package struct EngineTracing: Sendable {
    /// Makes the spans.
    package let tracer: TraceRecorder
    /// Sends them.
    package let exporter: SpanExporter

    /// What a configuration asks for; nil: nothing is traced.
    ///
    /// - Throws: when a key of the collector cannot be read.
    static func make(
        _ configuration: Configuration,
        environment: [String: String],
        client: HTTPClient,
        logger: Logger
    ) throws(ConfigurationError) -> EngineTracing? {
        let tracing = configuration.tracing
        guard let endpoint = tracing.endpoint else { return nil }
        let (origin, path): (HTTPOrigin, String)
        do { (origin, path) = try HTTPOrigin.split(endpoint) } catch {
            throw ConfigurationError("is no address: \(error.message)", path: "tracing.endpoint")
        }
        var settings = SpanExporter.Settings(
            origin: origin,
            path: path.isEmpty ? "/v1/traces" : path,
            headers: try headers(tracing, environment),
            resource: [
                ("service.name", tracing.serviceName),
                ("service.version", Version.current),
                ("service.instance.id", UUID().uuidString.lowercased()),
                ("telemetry.sdk.name", "aurelis"),
                ("telemetry.sdk.language", "swift"),
                ("telemetry.sdk.version", Version.current),
            ],
            version: Version.current,
            redact: { Redaction.standard.text($0) }
        )
        settings.interval = tracing.interval
        settings.timeout = tracing.timeout
        settings.queue = tracing.queue
        settings.batch = min(settings.batch, tracing.queue)
        let exporter = SpanExporter(settings, client: client, logger: logger)
        let tracer = TraceRecorder(sampling: Sampling(ratio: tracing.sample), propagates: tracing.propagates) {
            exporter.take($0)
        }
        return EngineTracing(tracer: tracer, exporter: exporter)
    }

    private static func headers(
        _ tracing: Configuration.Tracing,
        _ environment: [String: String]
    ) throws(ConfigurationError) -> [(String, String)] {
        var headers: [(String, String)] = []
        for (name, reference) in tracing.headers.sorted(by: { $0.key < $1.key }) {
            let path = "tracing.headers.\(name)"
            let value = try KeyText.read(reference, environment: environment, path: path)
            headers.append((name, value.trimmingCharacters(in: .whitespacesAndNewlines)))
        }
        let named = Set(headers.map { $0.0.lowercased() })
        headers += TracingEnvironment.fields(environment).filter { !named.contains($0.0.lowercased()) }
        for (_, value) in headers { KnownSecrets.process.insert(value) }
        return headers
    }
}
