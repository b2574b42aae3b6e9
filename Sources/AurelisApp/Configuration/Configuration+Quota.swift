internal import Aurelis
internal import AurelisProviders

extension QuotaPlan {
    /// Limits over time, by their names: `{ requests_per_minute: 10, requests_per_day: 50, concurrent: 2 }`.
    init(reading name: String, of parent: SettingsReader) throws(ConfigurationError) {
        let names = Self.counted.map(\.name) + ["dollars_per_day", "concurrent", "day_resets"]
        let section = try parent.section(name, knowing: names)
        let resets = QuotaLimit.Reset.allCases.map { ($0.rawValue, $0) }
        let reset = try section.choice("day_resets", among: resets, default: QuotaLimit.Reset.rolling.rawValue)
        self.init()
        for (name, unit, period) in Self.counted where section.has(name) {
            let amount = try section.integer(name, in: 1...1_000_000_000_000, default: 1)
            let reset = period == .day ? reset ?? .rolling : .rolling
            limits.append(QuotaLimit(unit, per: period, Int64(amount), resets: reset))
        }
        if section.has("dollars_per_day") {
            let picodollars = try section.string("dollars_per_day").flatMap(TokenPrice.picodollars(perMillionTokens:))
            guard let picodollars, picodollars > 0, picodollars <= 1_000_000_000_000 else {
                throw section.error("must be dollars, such as 2.50, and at most 1000000", at: "dollars_per_day")
            }
            limits.append(QuotaLimit(.money, per: .day, picodollars * 1_000_000, resets: reset ?? .rolling))
        }
        if section.has("concurrent") { concurrent = try section.integer("concurrent", in: 1...10_000, default: 1) }
        guard !isEmpty else {
            let known = names.dropLast().joined(separator: ", ")
            throw parent.error("limits nothing; leave it out, or name one of \(known)", at: name)
        }
    }

    private static let counted: [(name: String, unit: QuotaLimit.Unit, period: QuotaLimit.Period)] = [
        ("requests_per_minute", .requests, .minute), ("requests_per_day", .requests, .day),
        ("tokens_per_minute", .tokens, .minute), ("tokens_per_day", .tokens, .day),
    ]
}
