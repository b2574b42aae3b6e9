internal import Aurelis

/// The way of a request as a table: every candidate with what became of it.
enum RouteTable {
    static func table(_ trace: RouteTrace) -> TextTable {
        var table = TextTable([
            .init("model"), .init("provider"), .init("outcome", folds: true), .init("time", .right),
        ])
        var asked: Set<Place> = []
        var showsHit = trace.cache?.age != nil
        for candidate in trace.candidates {
            let place = Place(model: candidate.model, provider: candidate.provider)
            guard asked.insert(place).inserted else { continue }
            let attempts = trace.attempts.filter { place == Place(model: $0.model, provider: $0.provider) }
            let provider = candidate.provider?.rawValue ?? "-"
            if let rejection = candidate.rejection {
                let outcome = TextTable.Cell("ruled out: \(rejection)")
                table.add(.init("\(candidate.model)", .quiet), .init(provider, .quiet), outcome)
            } else if attempts.isEmpty {
                // The first of those who were not asked is the one whose kept answer it is.
                let outcome = showsHit ? TextTable.Cell("cached", .good) : .init("not asked", .quiet)
                showsHit = false
                table.add(.init("\(candidate.model)", .quiet), .init(provider, .quiet), outcome)
            }
            if let deferral = candidate.deferral, attempts.isEmpty {
                table.add(.init("", .quiet), "", .init(deferral, .quiet))
            }
            for attempt in attempts { table.add(row(attempt)) }
        }
        return table
    }

    private struct Place: Hashable {
        let model: ModelID
        let provider: ProviderID?
    }

    private static func row(_ attempt: RouteTrace.Attempt) -> [TextTable.Cell] {
        var outcome = TextTable.Cell("answered", .good)
        let purpose = attempt.purpose == .answer ? "" : "\(attempt.purpose.rawValue): "
        if attempt.purpose != .answer { outcome = .init("\(purpose)answered", .good) }
        if let failure = attempt.failure {
            var text = purpose + failure.rawValue
            if let status = attempt.status { text += " \(status)" }
            if let wait = attempt.waitAfter { text += ", then waited \(wait.readable)" }
            if let reason = attempt.reason { text += ": \(reason)" }
            outcome = .init(text, .bad)
        }
        return [
            .init("\(attempt.model)", .name), .init(attempt.provider.rawValue), outcome,
            .init(attempt.duration.readable),
        ]
    }
}
