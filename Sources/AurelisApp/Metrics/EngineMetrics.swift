package import Aurelis
package import AurelisPrometheus

/// What one process counts, and where.
///
/// Handed from part to part rather than kept by swift-metrics for the whole process: tests run many apps in one.
package struct EngineMetrics: Sendable {
    /// What is kept of it.
    package let registry: PrometheusRegistry
    /// What becomes of requests.
    package let requests: RequestMetrics

    /// Nothing is counted yet.
    package init() {
        registry = PrometheusRegistry(describing: MetricCatalog.descriptions)
        requests = RequestMetrics(factory: registry)
    }
}
