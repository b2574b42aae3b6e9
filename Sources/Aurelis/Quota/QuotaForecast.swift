/// When requests could be sent if nobody else sent any: meters that are carried forward, as if every answer came at once.
///
///     var forecast = QuotaForecast(standings, at: now)
///     if let opening = forecast.opening(for: demand, from: now) { forecast.take(demand, at: opening) }
///
/// All times are milliseconds since 1970-01-01 UTC.
struct QuotaForecast: Sendable {
    /// Of a request that waits for one window after another no more are looked at: this is a forecast.
    private static let maximumSteps = 64

    private var books = QuotaBooks()
    /// When the last request was counted on each meter.
    private var latest: [QuotaMeterID: Int64] = [:]
    private var count = 0

    /// Goes on from what is used now.
    mutating func begin(_ standing: QuotaStanding) {
        if latest[standing.meter] == nil { books[standing.meter] = standing.state }
        latest[standing.meter] = latest[standing.meter] ?? .min
    }

    /// Whether a meter is known.
    func knows(_ meter: QuotaMeterID) -> Bool { latest[meter] != nil }

    /// When a request could be sent, from a time on; nil: never.
    func opening(for demand: QuotaDemand, from time: Int64) -> Int64? {
        var now = demand.meters.reduce(time) { max($0, latest[$1.id] ?? .min) }
        for _ in 0..<Self.maximumSteps {
            guard let obstacle = books.obstacle(to: demand, at: now) else { return now }
            guard let opening = obstacle.opening else { return nil }
            now = max(opening, now + 1)
        }
        return now
    }

    /// Counts a request that is sent then, and used that.
    mutating func take(_ demand: QuotaDemand, using cost: QuotaCost, at time: Int64) {
        count += 1
        guard case .granted(let ticket) = books.reserve(demand, as: "\(count)", at: time) else { return }
        books.settle(ticket, .used(cost))
        for (meter, _) in demand.meters { latest[meter] = time }
    }
}
