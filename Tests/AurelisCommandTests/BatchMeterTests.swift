import Aurelis
import Testing

@testable import AurelisCommand

@Suite("batch: its progress")
struct BatchMeterTests {
    private let start = ContinuousClock.now

    private func meter(isTerminal: Bool, isDumb: Bool = false) -> BatchMeter {
        let output = TextOutput(descriptor: -1, color: false, isTerminal: isTerminal)
        return BatchMeter(output, at: start, isDumb: isDumb) { "14:00:00 + \($0.components.seconds) s" }
    }

    private func progress(_ answered: Int, of total: Int = 100, failed: Int = 0) -> BatchProgress {
        var progress = BatchProgress(total: total)
        progress.answered = answered
        progress.failed = failed
        return progress
    }

    private func at(_ milliseconds: Int) -> ContinuousClock.Instant { start.advanced(by: .milliseconds(milliseconds)) }

    @Test("on a terminal one line is drawn over and over, ten times a second at most")
    func calm() {
        var meter = meter(isTerminal: true)
        #expect(meter.ending() == nil)
        let drawn = stride(from: 0, through: 1_000, by: 5).compactMap { meter.text(progress($0 / 20), at: at($0)) }
        #expect(drawn.count == 11)
        #expect(drawn.first == "\r\u{1B}[K░░░░░░░░░░░░░░░░░░░░ 0/100")
        #expect(drawn.last?.hasPrefix("\r\u{1B}[K██████████░░░░░░░░░░ 50/100, about ") == true)
        #expect(!drawn.contains { $0.contains("\n") })
        #expect(meter.ending() == "\r\u{1B}[K")
    }

    @Test("elsewhere a line tells of every tenth, once", arguments: [false, true])
    func plain(isDumbTerminal: Bool) {
        var meter = meter(isTerminal: isDumbTerminal, isDumb: isDumbTerminal)
        let lines = (0...100).compactMap { meter.text(progress($0), at: at($0)) }
        #expect(lines.count == 10)
        #expect(lines.first == "10 of 100 (10 %)\n" && lines.last == "100 of 100 (100 %)\n")
        #expect(meter.ending() == nil)
        // What was there before is no news.
        var resumed = self.meter(isTerminal: false)
        #expect(resumed.text(progress(57), at: at(0)) == nil)
        #expect(resumed.text(progress(60), at: at(0)) == "60 of 100 (60 %)\n")
    }

    @Test("the rest is estimated from the pace of this run, not from what an earlier one did")
    func estimate() {
        var meter = meter(isTerminal: false)
        var now = progress(50, failed: 2)
        now.restored = 42
        now.cached = 3
        now.coalesced = 1
        _ = meter.text(progress(0), at: start)
        let line = meter.text(now, at: at(10_000))
        #expect(line == "52 of 100 (52 %), 2 failed, 3 from the cache, 1 shared, about 48 s left\n")
    }

    @Test("the rest takes no less than the quotas say")
    func quotas() {
        var meter = meter(isTerminal: false)
        _ = meter.text(progress(0), at: start)
        meter.earliestEnd = at(7_210_000)
        #expect(meter.text(progress(50), at: at(10_000)) == "50 of 100 (50 %), about 2 h left\n")
        meter.earliestEnd = at(11_000)
        #expect(meter.text(progress(80), at: at(20_000)) == "80 of 100 (80 %), about 5 s left\n")
    }

    @Test("a wait says until when")
    func waiting() {
        var meter = meter(isTerminal: false)
        var now = progress(50)
        now.resumesAt = at(40_000)
        now.parked = 1
        now.left = 7
        _ = meter.text(progress(0), at: start)
        let line = meter.text(now, at: at(10_000))
        #expect(line == "50 of 100 (50 %), 7 left, a limit is waited out until 14:00:00 + 30 s\n")
    }
}
