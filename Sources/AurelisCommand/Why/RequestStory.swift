internal import Aurelis

/// A request as a short story: what was wanted, what came of it, and the way there.
struct RequestStory {
    private let record: RequestRecord

    init(_ record: RequestRecord) { self.record = record }

    func rendered(width: Int, style: Style) -> String {
        var text = style(.heading, "\(record.id)") + "\n"
        for (label, value) in facts {
            let lines = TerminalSanitizer.singleLine(value).folded(to: max(20, width - Self.labelWidth))
            for (index, line) in lines.enumerated() {
                let name = index == 0 ? label : ""
                text += style(.quiet, name) + String(repeating: " ", count: Self.labelWidth - name.count) + line + "\n"
            }
        }
        return text + "\n" + RouteTable.table(record.trace).rendered(width: width, style: style)
    }

    private static let labelWidth = 10

    private var facts: [(String, String)] {
        var facts = [("time", TimeOfDay.of(milliseconds: record.time, withDate: true))]
        let wanted = record.modelRequested ?? "any model for \(record.task.rawValue)"
        let form = record.operation == .embedding ? "embeddings" : record.stream ? "a stream" : "an answer"
        facts.append(("asked", "\(wanted), for \(form)"))
        facts.append(("outcome", outcome))
        if let message = record.message { facts.append(("reason", message)) }
        var costs = [record.duration.readable]
        let attempts = record.trace.upstreamAttempts
        costs.append(attempts == 1 ? "1 attempt" : "\(attempts) attempts")
        if let usage = record.usage { costs.append("\(usage.prompt) + \(usage.completion) tokens") }
        facts.append(("took", costs.joined(separator: ", ")))
        if let cache = record.trace.cache {
            let age = cache.age.map { ", \($0.readable) old" } ?? ""
            facts.append(("cache", "\(cache)\(age)"))
        }
        for notice in record.trace.findings { facts.append(("found", "\(notice)")) }
        return facts
    }

    private var outcome: String {
        let place = [record.modelUsed, record.provider].compactMap(\.self).joined(separator: " at ")
        return switch record.outcome {
        case .answered: "answered by \(place)"
        case .interrupted: "broke off in the middle, at \(place)"
        case .failed(.cancelled): "the caller went away"
        case .failed(let category): "failed: \(category)"
        }
    }
}

/// The latest requests, a line each.
enum RequestList {
    static func table(_ records: [RequestRecord]) -> TextTable {
        var table = TextTable([
            .init("request"), .init("time"), .init("asked", folds: true), .init("answered by", folds: true),
            .init("outcome", folds: true), .init("took", .right),
        ])
        for record in records {
            let isAnswered = record.outcome == .answered
            let attempts = record.trace.upstreamAttempts
            var outcome = record.outcome.rawValue + (attempts > 1 ? ", \(attempts) attempts" : "")
            if record.trace.cache?.age != nil { outcome += ", cached" }
            table.add(
                .init("\(record.id)", .quiet),
                .init(TimeOfDay.of(milliseconds: record.time, withDate: false)),
                .init(record.modelRequested ?? "auto/\(record.task.rawValue)"),
                isAnswered ? .init(record.modelUsed ?? "-", .name) : .init("-", .quiet),
                .init(outcome, isAnswered ? .good : .bad),
                .init(record.duration.readable)
            )
        }
        return table
    }
}
