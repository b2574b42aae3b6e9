import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Scaled time")
struct ScaledTimeSourceTests {
    @Test("an hour passes in 15 seconds at 240 times the speed, and the time of day with it")
    func passes() {
        let base = ManualTimeSource()
        let time = ScaledTimeSource(240, of: base)
        let clock = WallClock.following(time)
        let (start, epoch) = (time.now, clock.millisecondsSinceEpoch)
        base.advance(by: .seconds(15))
        #expect(start.duration(to: time.now) == .seconds(3_600))
        #expect(clock.millisecondsSinceEpoch - epoch == 3_600_000)
    }

    @Test("a sleep of a minute ends after a quarter of a second")
    func sleeps() async throws {
        let base = ManualTimeSource()
        let time = ScaledTimeSource(240, of: base)
        async let slept: Void = time.sleep(until: time.now.advanced(by: .seconds(60)))
        await base.sleepers(atLeast: 1)
        #expect(base.waits == [.milliseconds(250)])
        base.advance(by: .milliseconds(250))
        try await slept
    }
}
