internal import Aurelis
internal import AurelisTransport
internal import Synchronization

/// How much the latest answers left of the tightest limit that they report, model by model.
///
///     watch.learn(from: response.headers, for: "gpt-4o")
///     watch.headroom(for: "gpt-4o")       // 0.02: nearly used up; nil: nothing was said of late
final class LimitWatch: Sendable {
    private struct Reading {
        var share: Double
        var expiry: ContinuousClock.Instant
    }

    private let readings = Mutex<[String: Reading]>([:])
    private let time: any TimeSource

    /// Models are named by callers, so there is no end of them.
    static let maximumModels = 256
    private static let maximumNameBytes = 256
    /// Limits of a minute are the shortest. Whoever avoids a model that had little left has to ask again to learn that
    /// it has more, so what was said counts no longer than that.
    static let lifetime: Duration = .seconds(60)

    init(time: any TimeSource = SystemTimeSource()) { self.time = time }

    /// Notes what an answer says of limits. One that says nothing costs a pass over its fields and no more.
    func learn(from headers: HTTPHeaderList, for wireName: String) {
        guard let share = LimitWatch.share(in: headers), wireName.utf8.count <= Self.maximumNameBytes else { return }
        let now = time.now
        readings.withLock { readings in
            if readings.count >= Self.maximumModels, readings[wireName] == nil { Self.makeRoom(in: &readings, now) }
            readings[wireName] = Reading(share: share, expiry: now + Self.lifetime)
        }
    }

    /// The share that is left, 0 to 1; nil: unknown.
    func headroom(for wireName: String) -> Double? {
        guard let reading = readings.withLock({ $0[wireName] }), time.now < reading.expiry else { return nil }
        return reading.share
    }

    private static func makeRoom(in readings: inout [String: Reading], _ now: ContinuousClock.Instant) {
        readings = readings.filter { now < $0.value.expiry }
        guard readings.count >= maximumModels else { return }
        guard let oldest = readings.min(by: { $0.value.expiry < $1.value.expiry }) else { return }
        readings[oldest.key] = nil
    }

    /// What is left of the tightest limit in these fields, 0 to 1; nil when no limit is told whole.
    static func share(in headers: HTTPHeaderList) -> Double? {
        var requests = Limit()
        var tokens = Limit()
        for (name, value) in headers {
            // The length tells nearly all other fields apart without looking at their letters.
            switch name.utf8.count {
            case 24 where name.equalsIgnoringCase("x-ratelimit-limit-tokens"): tokens.total = count(value)
            case 26 where name.equalsIgnoringCase("x-ratelimit-limit-requests"): requests.total = count(value)
            case 28 where name.equalsIgnoringCase("x-ratelimit-remaining-tokens"): tokens.remaining = count(value)
            case 30 where name.equalsIgnoringCase("x-ratelimit-remaining-requests"): requests.remaining = count(value)
            default: break
            }
        }
        guard let one = requests.share else { return tokens.share }
        return min(one, tokens.share ?? 1)
    }

    private static func count(_ text: String) -> Int? {
        let digits = text.trimmed.utf8
        // Not `Int(_:)`, and no limit has more digits: this is done for every answer of some providers.
        guard (1...15) ~= digits.count else { return nil }
        var count = 0
        for digit in digits {
            guard ASCII.isDigit(digit) else { return nil }
            count = count * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return count
    }

    private struct Limit {
        var total: Int?
        var remaining: Int?

        var share: Double? {
            guard let total, let remaining, total > 0 else { return nil }
            return min(Double(remaining) / Double(total), 1)
        }
    }
}
