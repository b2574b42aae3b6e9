internal import Aurelis

/// Which models a request would be put to, in their order, and why each stands there.
struct DryRun {
    let request: ModelRequest
    let routing: RoutingTable
    /// How the request came by its model, when it names one.
    var naming = "named with -m"

    /// Prints the candidates; nothing was sent.
    func print(_ candidates: [RouteTrace.Candidate], json: Bool, on console: Console) throws {
        let explained = candidates.map { (candidate: $0, reason: reason(for: $0.model)) }
        if json {
            try console.output.write(json: AnswerJSON.candidates(explained))
            return
        }
        var table = TextTable([
            .init("", .right), .init("model"), .init("provider"), .init("why it stands here", folds: true),
        ])
        var rank = 0
        for (candidate, reason) in explained {
            if let rejection = candidate.rejection {
                table.add("", .init("\(candidate.model)", .quiet), "-", .init("ruled out: \(rejection)", .quiet))
            } else {
                rank += 1
                table.add(
                    "\(rank)",
                    .init("\(candidate.model)", .name),
                    .init(candidate.provider?.rawValue ?? "-"),
                    .init(reason)
                )
            }
        }
        let output = console.output
        try output.write(table.rendered(width: output.columns, style: output.style))
    }

    /// Where the model stands in the route.
    func reason(for model: ModelID) -> String {
        if let named = request.model, named == model { return naming }
        let task = request.task.rawValue
        switch routing[request.task].firstIndex(of: model) {
        case 0: return request.model == nil ? "first choice for \(task)" : "fallback: first choice for \(task)"
        case let rank?: return "fallback \(rank) for \(task)"
        case nil: return "global fallback"
        }
    }
}
