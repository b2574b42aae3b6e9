import Testing

@testable import Aurelis

@Suite("Quota: one window")
struct QuotaWindowTests {
    static let start: Int64 = 1_700_000_000_000
    private let minute: Int64 = 60_000
    private let margin = QuotaWindow.margin

    private func limit(_ amount: Int64, _ reset: QuotaLimit.Reset) -> QuotaLimit {
        QuotaLimit(.requests, per: .minute, amount, resets: reset)
    }

    @Test("there is room until the limit, then again when the provider has forgotten the first", arguments: [1, 2, 10])
    func rolling(amount: Int64) {
        let limit = limit(amount, .rolling)
        var window = QuotaWindow(unit: .requests, period: .minute)
        for index in 0..<amount {
            let now = Self.start + index * 5_000
            #expect(window.room(for: 1, of: limit, at: now) == now)
            window.add(1, at: now, .rolling)
        }
        let last = Self.start + amount * 5_000
        #expect(window.room(for: 1, of: limit, at: last) == Self.start + minute + margin)
        #expect(window.room(for: amount, of: limit, at: last) == last - 5_000 + minute + margin)
    }

    @Test("amounts that cannot be true overflow nothing", arguments: QuotaLimit.Reset.allCases)
    func absurd(reset: QuotaLimit.Reset) {
        var window = QuotaWindow(unit: .money, period: .day)
        for step in 0..<4 {
            let now = Self.start + Int64(step) * 3_600_000
            for _ in 0..<3 { window.add(.max, at: now, reset) }
            window.change(by: .max, at: now)
            #expect(window.room(for: .max / 4, of: QuotaLimit(.money, per: .day, .max, resets: reset), at: now) != nil)
        }
        #expect(window.used(at: Self.start + 4 * 3_600_000, reset) > 0)
    }

    @Test("more than the whole limit never has room", arguments: QuotaLimit.Reset.allCases)
    func never(reset: QuotaLimit.Reset) {
        let window = QuotaWindow(unit: .tokens, period: .minute)
        #expect(window.room(for: 11, of: limit(10, reset), at: Self.start) == nil)
        #expect(window.room(for: 10, of: limit(10, reset), at: Self.start) == Self.start)
    }

    @Test("from the first use on: all comes back at once, and nothing is sent while a window may be ending")
    func fromFirstUse() {
        let limit = limit(3, .fromFirstUse)
        var window = QuotaWindow(unit: .requests, period: .minute)
        window.add(1, at: Self.start, .fromFirstUse)
        window.add(1, at: Self.start + 40_000, .fromFirstUse)
        #expect(window.room(for: 1, of: limit, at: Self.start + 50_000) == Self.start + 50_000)
        #expect(window.room(for: 2, of: limit, at: Self.start + 50_000) == Self.start + minute + margin)
        #expect(window.room(for: 1, of: limit, at: Self.start + 59_000) == Self.start + minute + margin)
        #expect(window.used(at: Self.start + minute + margin, .fromFirstUse) == 0)
    }

    @Test("fixed to UTC: a request just before the end counts on both sides of it")
    func fixedUTC() {
        let limit = limit(2, .fixedUTC)
        let end = (Self.start / minute + 1) * minute
        var window = QuotaWindow(unit: .requests, period: .minute)
        window.add(1, at: end - 10_000, .fixedUTC)
        window.add(1, at: end - 1_000, .fixedUTC)
        #expect(window.room(for: 1, of: limit, at: end - 500) ?? 0 >= end)
        #expect(window.used(at: end, .fixedUTC) == 1)
        #expect(window.used(at: end + minute, .fixedUTC) == 0)
    }

    @Test("what the provider says wins over what was counted, both ways", arguments: QuotaLimit.Reset.allCases)
    func closed(reset: QuotaLimit.Reset) {
        var window = QuotaWindow(unit: .requests, period: .minute)
        window.add(1, at: Self.start, reset)
        window.close(until: Self.start + 30_000, at: Self.start)
        #expect(window.room(for: 1, of: limit(10, reset), at: Self.start + 1) ?? 0 >= Self.start + 30_000)
        window.prune(at: Self.start + 30_000, reset)
        #expect(window.closedUntil == nil)
        if reset == .fromFirstUse { #expect(window.used(at: Self.start + 30_001, reset) == 0) }
    }

    @Test("a window is closed for its length at most: a provider's word beyond that is a mistake")
    func closedTooLong() {
        var window = QuotaWindow(unit: .requests, period: .minute)
        window.close(until: Self.start + 86_400_000, at: Self.start)
        #expect(window.room(for: 1, of: limit(10, .rolling), at: Self.start) == Self.start + minute + margin)
    }

    @Test("what a request was expected to use is corrected, as long as it counts")
    func corrected() {
        var window = QuotaWindow(unit: .tokens, period: .minute)
        window.add(1_000, at: Self.start, .rolling)
        window.add(500, at: Self.start + 20_000, .rolling)
        window.change(by: -400, at: Self.start)
        #expect(window.used(at: Self.start + 20_000, .rolling) == 1_100)
        window.prune(at: Self.start + minute + margin, .rolling)
        window.change(by: -400, at: Self.start)
        #expect(window.used(at: Self.start + minute + margin, .rolling) == 500)
        window.change(by: -900, at: Self.start + 20_000)
        #expect(window.used(at: Self.start + minute + margin, .rolling) == 0)
    }

    @Test("a clock that is set back leaves nothing in the future", arguments: QuotaLimit.Reset.allCases)
    func setBack(reset: QuotaLimit.Reset) {
        var window = QuotaWindow(unit: .requests, period: .minute)
        window.add(5, at: Self.start + 86_400_000, reset)
        window.close(until: Self.start + 86_430_000, at: Self.start + 86_400_000)
        window.prune(at: Self.start, reset)
        let opening = window.room(for: 10, of: limit(10, reset), at: Self.start)
        #expect(opening ?? .max <= Self.start + 2 * minute)
    }

    @Test("however many requests, a window stays small", arguments: QuotaLimit.Reset.allCases)
    func bounded(reset: QuotaLimit.Reset) {
        var window = QuotaWindow(unit: .requests, period: .minute)
        for index in 0..<50_000 { window.add(1, at: Self.start + Int64(index) * 7, reset) }
        #expect(Int64(window.uses.count) <= QuotaWindow.slices + 10)
    }
}
