internal import Aurelis
internal import AurelisJSON

/// How the process is, when that has changed since somebody looked last, or somebody has come who has not heard it.
struct HealthNews {
    private var known: HealthReport?
    private var greeted = 0

    /// The whole report as JSON; nil: everybody knows.
    ///
    /// - Parameter arrivals: how many have come so far.
    mutating func next(_ report: HealthReport, arrivals: Int) -> [UInt8]? {
        let condition = report.condition
        // A page cannot ask for it: `/health` answers 503 when all is down, which a browser takes for a broken page.
        guard condition != known || arrivals != greeted else { return nil }
        (known, greeted) = (condition, arrivals)
        var json = JSONWriter()
        json.beginObject()
        report.writeMembers(to: &json)
        json.endObject()
        return json.bytes
    }
}

extension HealthReport {
    /// What makes a difference; when it was looked and how fast a route is change all the time.
    fileprivate var condition: HealthReport {
        var condition = self
        condition.time = 0
        for component in condition.components.indices {
            for part in condition.components[component].parts.indices {
                condition.components[component].parts[part].facts = HealthFacts()
            }
        }
        return condition
    }
}
