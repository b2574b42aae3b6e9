import AurelisJSON
import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Alerts of health")
struct HealthAlertTests {
    private let start = ContinuousClock.now

    private func transition(_ to: HealthState, changes: Int = 1) -> HealthTransition {
        HealthTransition(
            time: 1_764_385_200_000,
            component: .models,
            from: .healthy,
            to: to,
            since: 1_764_300_000_000,
            reason: "gpt-4o@p: 503",
            overall: to,
            changes: (0..<changes).map { .init(name: "m\($0)@p", from: .healthy, to: to, reason: "503") }
        )
    }

    @Test("a body tells what has changed, from what to what, since when and why, and whose it is")
    func body() throws {
        let sender = HealthAlert.Sender(instance: "host:8788", version: "1.2")
        let alert = HealthAlert(.changed, transition(.unhealthy), from: sender, id: "alert_1")
        #expect(
            String(decoding: alert.body, as: UTF8.self) == """
                {"id":"alert_1","event":"health.changed","instance":"host:8788","version":"1.2",\
                "time":"2025-11-29T03:00:00.000Z","component":"models","from":"healthy","to":"unhealthy",\
                "since":"2025-11-28T03:20:00.000Z","reason":"gpt-4o@p: 503","overall":"unhealthy",\
                "changes":[{"name":"m0@p","from":"healthy","to":"unhealthy","reason":"503"}]}
                """
        )
        #expect(alert.line == "models: healthy -> unhealthy: gpt-4o@p: 503")
        let large = HealthAlert(.changed, transition(.unhealthy, changes: 4_000), from: sender, id: "alert_2")
        let document = try JSONDocument(large.body)
        #expect(document["more_changes"]?.int == 3_980 && large.body.count < 16_384)
    }

    @Test("one change has one name, whoever is told of it, and another one has another")
    func names() {
        let sender = HealthAlert.Sender(instance: "host:8788", version: "1.2")
        let change = transition(.unhealthy)
        var later = change
        later.time += 1
        let first = HealthAlert(.changed, change, from: sender).id
        #expect(first.wholeMatch(of: /alert_[0-9a-f]{16}/) != nil)
        #expect(HealthAlert(.changed, change, from: sender).id == first)
        let elsewhere = HealthAlert.Sender(instance: "other:8788", version: "1.2")
        let others = [
            HealthAlert(.reminder, change, from: sender), HealthAlert(.changed, later, from: sender),
            HealthAlert(.changed, transition(.degraded), from: sender), HealthAlert(.changed, change, from: elsewhere),
        ]
        #expect(Set(others.map(\.id) + [first]).count == 5)
    }

    /// Computed with `printf '1764385200.{"a":1}' | openssl dgst -sha256 -hmac 'it is a secret'`.
    @Test("a signature is what openssl computes over the time, a full stop and the body")
    func signature() {
        let value = Array("it is a secret".utf8).withUnsafeBytes {
            AlertSignature.value(of: Array(#"{"a":1}"#.utf8), at: 1_764_385_200, secret: $0)
        }
        #expect(value == "t=1764385200,v1=0f03d8c51f9ec012fa17e8a12934246cde063b97bc219c4c4ad41738e508f22f")
    }

    @Test("each transition is told once; trouble that stays is told again only where that is wanted")
    func schedule() {
        var never = AlertSchedule(repeat: nil)
        var hourly = AlertSchedule(repeat: .seconds(3_600))
        var monitor = HealthMonitor(time: 0)
        func look(_ state: HealthState, _ minute: Int) -> [[HealthAlert.Event]] {
            let now = start.advanced(by: .seconds(60 * minute))
            let seen = [HealthObservation(HealthSubject(.models, "a"), state, "503")]
            let transitions = monitor.evaluate(seen, at: now, time: Int64(minute) * 60_000)
            let one = never.take(transitions, at: now) + never.reminders(of: monitor.report, at: now)
            let two = hourly.take(transitions, at: now) + hourly.reminders(of: monitor.report, at: now)
            return [one.map(\.event), two.map(\.event)]
        }
        #expect(look(.unhealthy, 0) == [[], []])
        #expect(look(.unhealthy, 1) == [[.changed], [.changed]])
        for minute in 2..<61 { #expect(look(.unhealthy, minute) == [[], []]) }
        #expect(look(.unhealthy, 61) == [[], [.reminder]])
        #expect(look(.unhealthy, 62) == [[], []])
        #expect(look(.healthy, 63) == [[], []])
        #expect(look(.healthy, 64) == [[.changed], [.changed]])
        #expect(look(.healthy, 500) == [[], []])
    }

    @Test("an attempt is repeated four times, later and later, and then given up")
    func retry() {
        let retry = AlertRetry()
        #expect(
            (1...6).map { retry.wait(after: $0, chance: 0) } == [
                .seconds(1), .seconds(5), .seconds(30), .seconds(120), nil, nil,
            ]
        )
        #expect(retry.wait(after: 1, chance: 0.8) == .milliseconds(1_200))
    }

    @Test("a time is read as it was written; what is no time is not", arguments: 0..<4)
    func times(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<2_000 {
            let time = Int64.random(in: -62_167_219_200_000...253_402_300_799_999, using: &random)
            let text = TimeStamp(milliseconds: time).description
            #expect(TimeStamp(parsing: text)?.milliseconds == time)
            var bytes = Array(text.utf8)
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0x20...0x7E, using: &random)
            let changed = String(decoding: bytes, as: UTF8.self)
            if let read = TimeStamp(parsing: changed) { #expect(read.description == changed) }
        }
        for text in ["", "2025-02-29T00:00:00.000Z", "2025-01-01T24:00:00.000Z", "2025-01-01T00:00:00.000", "x"] {
            #expect(TimeStamp(parsing: text) == nil)
        }
    }
}
