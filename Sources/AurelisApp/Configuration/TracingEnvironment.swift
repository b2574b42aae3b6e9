internal import Foundation

/// The variables by which OpenTelemetry sets up every program alike. The configuration's files are weaker, as with all variables.
enum TracingEnvironment {
    /// Keys of the collector, `name=value,…`; read where they are used, so that no tree holds them.
    static let headers = "OTEL_EXPORTER_OTLP_HEADERS"

    /// What they set.
    static func add(to layer: inout ConfigurationTree, _ environment: [String: String]) {
        func set(_ setting: String, _ value: String?, _ name: String) {
            guard let value, !value.isEmpty else { return }
            layer.set(["tracing", setting], to: ConfigurationTree(.scalar(value, isPlain: false), .environment(name)))
        }
        guard environment["OTEL_SDK_DISABLED"]?.lowercased() != "true" else { return }
        let base = "OTEL_EXPORTER_OTLP_ENDPOINT"
        set("endpoint", environment[base].map { $0.isEmpty ? "" : Self.traces(of: $0) }, base)
        let own = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
        set("endpoint", environment[own], own)
        set("service_name", environment["OTEL_SERVICE_NAME"], "OTEL_SERVICE_NAME")
        set("sample", environment["OTEL_TRACES_SAMPLER_ARG"], "OTEL_TRACES_SAMPLER_ARG")
    }

    /// Where a collector takes traces, by the convention.
    private static func traces(of base: String) -> String { base + (base.hasSuffix("/") ? "v1/traces" : "/v1/traces") }

    /// The fields that a variable names.
    static func fields(_ environment: [String: String]) -> [(String, String)] {
        (environment[headers] ?? "").split(separator: ",").compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            let value = String(parts[1])
            return (String(parts[0]).filter { $0 != " " }, value.removingPercentEncoding ?? value)
        }
    }
}
