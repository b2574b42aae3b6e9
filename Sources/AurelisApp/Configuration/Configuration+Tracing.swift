internal import AurelisTransport

extension Configuration {
    /// Which requests are traced, and who gets to know.
    package struct Tracing: Sendable, Equatable {
        /// Where spans are sent, by OTLP over HTTP; nil: nothing is traced.
        package var endpoint: String?
        /// The share of requests that are traced whose callers have not decided, 0 to 1.
        package var sample = 1.0
        /// What this process is called.
        package var serviceName = "aurelis"
        /// Whether providers are told of the trace.
        package var propagates = true
        /// Fields of every request to the collector.
        package var headers: [String: APIKey] = [:]
        /// How long spans wait for others.
        package var interval: Duration = .seconds(1)
        /// How long the collector may take for a batch.
        package var timeout: Duration = .seconds(5)
        /// Spans that may wait.
        package var queue = 4_096

        /// Nothing is traced.
        package init() {}
    }
}

extension Configuration.Tracing {
    init(reading root: SettingsReader, warnings: inout [String]) throws(ConfigurationError) {
        let names = ["endpoint", "sample", "service_name", "propagate", "headers", "interval", "timeout", "queue"]
        let section = try root.section("tracing", knowing: names)
        endpoint = try section.string("endpoint").flatMap { $0.isEmpty ? nil : $0 }
        if let endpoint {
            do { _ = try HTTPOrigin.split(endpoint) } catch {
                throw section.error(
                    "is no http or https address: \(error.message)",
                    at: "endpoint",
                    suggestion: "such as http://127.0.0.1:4318/v1/traces"
                )
            }
        }
        if section.has("sample") {
            let text = try section.string("sample") ?? ""
            guard let ratio = Double(text), (0...1).contains(ratio) else {
                throw section.error("must be a share from 0 to 1", at: "sample", suggestion: "0.01 is one of a hundred")
            }
            sample = ratio
        }
        serviceName = try section.string("service_name", default: serviceName) ?? serviceName
        propagates = try section.flag("propagate", default: propagates)
        let fields = try section.section("headers", knowing: nil)
        for name in fields.names {
            headers[name] = try fields.secret(name, of: "the collector", warnings: &warnings)
        }
        interval = try section.positive("interval", default: interval)
        timeout = try section.positive("timeout", default: timeout)
        queue = try section.integer("queue", in: 16...1_000_000, default: queue)
    }
}
