internal import ArgumentParser
internal import Aurelis
internal import AurelisJSON

/// `aurelis cache stats`: how much is kept, and what it was good for.
struct CacheStatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show how much each layer keeps, and how often it had the answer.",
        discussion: """
            Examples:
              aurelis cache stats
              aurelis cache stats --json | jq .layers
            """
    )

    @OptionGroup
    var options: CacheOptions

    func run() async throws {
        let json = options.json
        try await options.withDesk { desk, console in
            let (report, isGateway) = try await desk.report()
            if json {
                var writer = JSONWriter()
                writer.beginObject()
                writer.field("gateway", isGateway)
                report.writeMembers(to: &writer)
                writer.endObject()
                try console.output.write(json: String(decoding: writer.bytes, as: UTF8.self) + "\n")
                return
            }
            let (output, style) = (console.output, console.output.style)
            try output.write(Self.table(report, isGateway: isGateway).rendered(width: output.columns, style: style))
            for line in isGateway ? Self.lines(report.statistics) : [] { try output.write(line + "\n") }
            guard !isGateway, !desk.gateway.isUnasked else { return }
            console.remark("no gateway runs on this configuration: memory and hits are its own")
        }
    }

    private static func table(_ report: CacheReport, isGateway: Bool) -> TextTable {
        var table = TextTable([
            .init("layer"), .init("answers", .right), .init("size", .right), .init("hits", .right),
            .init("misses", .right), .init("stale", .right), .init("serves for", .right), .init("", folds: true),
        ])
        for layer in report.layers where isGateway || layer.layer != .memory {
            let lookups = report.statistics.layers[layer.layer] ?? CacheStatistics.Lookups()
            let counts = [lookups.hits, lookups.misses, lookups.stale].map { isGateway ? "\($0)" : "-" }
            table.add(
                .init(layer.layer.rawValue, .name),
                .init(layer.usage.map { "\($0.entries)" } ?? "-"),
                .init(layer.usage.map { ByteCount.text($0.bytes) } ?? "-"),
                .init(counts[0], .good),
                .init(counts[1]),
                .init(counts[2]),
                .init(layer.lifetime.briefly),
                .init(layer.problem ?? "", .bad)
            )
        }
        return table
    }

    private static func lines(_ statistics: CacheStatistics) -> [String] {
        var facts = ["\(statistics.kept) kept", "\(statistics.shared) shared a request under way"]
        if statistics.evicted > 0 { facts.append("\(statistics.evicted) gave way") }
        for (reason, count) in statistics.refused.sorted(by: { $0.key < $1.key }) {
            facts.append("\(count) not kept: \(reason)")
        }
        if statistics.foreign > 0 { facts.append("\(statistics.foreign) of another version or key, ignored") }
        if statistics.tampered > 0 { facts.append("\(statistics.tampered) changed by somebody else, dropped") }
        return ["", facts.joined(separator: "; ")]
    }
}
