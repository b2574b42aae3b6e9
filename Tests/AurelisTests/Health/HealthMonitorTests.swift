import AurelisJSON
import Testing

@testable import Aurelis

@Suite("The monitor of health")
struct HealthMonitorTests {
    private let start = ContinuousClock.now

    private final class Setting {
        var monitor = HealthMonitor(time: 0)
        let start: ContinuousClock.Instant
        var looks: Int64 = 0

        init(_ start: ContinuousClock.Instant) { self.start = start }

        @discardableResult
        func look(_ observations: [HealthObservation], times: Int = 1) -> [HealthTransition] {
            (0..<times).flatMap { _ -> [HealthTransition] in
                looks += 1
                let now = start.advanced(by: .seconds(10 * looks))
                return monitor.evaluate(observations, at: now, time: looks * 10_000)
            }
        }
    }

    private static func model(_ name: String, _ state: HealthState) -> HealthObservation {
        HealthObservation(HealthSubject(.models, name), state, state.isTrouble ? "503" : nil)
    }

    @Test("some models down is degraded, all of them unhealthy; those that nobody tries do not count")
    func models() {
        let setting = Setting(start)
        setting.look([Self.model("a", .healthy), Self.model("b", .healthy), Self.model("c", .unknown)])
        #expect(setting.monitor.report.state == .healthy)
        let some = setting.look([Self.model("a", .unhealthy), Self.model("b", .healthy)], times: 2)
        #expect(some.map(\.to) == [.degraded] && setting.monitor.report.state == .degraded)
        let all = setting.look([Self.model("a", .unhealthy), Self.model("b", .unhealthy)], times: 2)
        #expect(all.map(\.to) == [.unhealthy] && all[0].from == .degraded && all[0].overall == .unhealthy)
        #expect(all[0].changes == [.init(name: "b", from: .healthy, to: .unhealthy, reason: "503")])
        #expect(setting.monitor.report[.models]?.reason == "a: 503; b: 503")
        let back = setting.look([Self.model("a", .healthy), Self.model("b", .healthy)], times: 5)
        #expect(back.map(\.to) == [.healthy] && back[0].changes.count == 2 && back[0].reason == nil)
    }

    @Test("a change is told once, however long it lasts; that something works at first is no news")
    func once() {
        let setting = Setting(start)
        #expect(setting.look([Self.model("a", .healthy)]).isEmpty)
        let told = setting.look([Self.model("a", .unhealthy)], times: 500)
        #expect(told.count == 1 && told[0].since == 10_000)
    }

    @Test("a change of a part is told although the whole stays as it is")
    func parts() {
        let setting = Setting(start)
        setting.look([Self.model("a", .unhealthy), Self.model("b", .healthy), Self.model("c", .healthy)], times: 2)
        let told = setting.look(
            [Self.model("a", .unhealthy), Self.model("b", .unhealthy), Self.model("c", .healthy)],
            times: 2
        )
        #expect(told.count == 1 && told[0].from == .degraded && told[0].to == .degraded)
        #expect(told[0].changes.map(\.name) == ["b"])
    }

    @Test(
        "a cache, a disk or a quota that fails makes the whole degraded, and no more",
        arguments: [HealthComponent.cache, .storage, .quota]
    )
    func worst(component: HealthComponent) {
        let setting = Setting(start)
        setting.look([HealthObservation(HealthSubject(component, "x"), .unhealthy, "gone")], times: 2)
        #expect(setting.monitor.report.state == .degraded && setting.monitor.report[component]?.state == .degraded)
    }

    @Test("what is configured no longer is forgotten at once, and told when it was in trouble")
    func removed() {
        let setting = Setting(start)
        setting.look([Self.model("a", .unhealthy), Self.model("b", .healthy)], times: 2)
        let told = setting.look([Self.model("b", .healthy)])
        #expect(
            told.map(\.to) == [.healthy]
                && told[0].changes == [.init(name: "a", from: .unhealthy, to: .unknown, reason: nil)]
        )
    }

    @Test("the next process goes on from the trouble of the one before, and tells of its end")
    func resumption() throws {
        let first = Setting(start)
        first.look([Self.model("a", .healthy), Self.model("b", .healthy)])
        let told = first.look([Self.model("a", .unhealthy), Self.model("b", .healthy)], times: 2)
        let again = Setting(start.advanced(by: .seconds(60)))
        again.monitor.resume(from: told, at: again.start, time: 60_000)
        again.looks = 6
        #expect(again.monitor.report[.models]?.parts.map(\.state) == [.unhealthy])
        #expect(again.look([Self.model("a", .unhealthy), Self.model("b", .healthy)], times: 9).isEmpty)
        let end = again.look([Self.model("a", .healthy), Self.model("b", .healthy)], times: 4)
        #expect(end.map(\.to) == [.healthy])
        let late = Setting(start)
        late.monitor.resume(from: told, at: start, time: 4_000_000)
        #expect(late.monitor.report[.models]?.parts.isEmpty == true)
    }

    @Test("report and transitions are read as they were written")
    func json() throws {
        let setting = Setting(start)
        setting.look([Self.model("b", .healthy)])
        var facts = HealthFacts()
        facts.successRate = 0.25
        facts.lastFailure = 1_764_385_200_123
        facts.lastFailureReason = "timeout: \"silent\"\n"
        let told = setting.look(
            [HealthObservation(HealthSubject(.models, "a@p"), .unhealthy, "it is \"down\"", facts: facts)],
            times: 3
        )
        var json = JSONWriter()
        json.beginObject()
        setting.monitor.report.writeMembers(to: &json)
        json.endObject()
        #expect(HealthReport(reading: try JSONDocument(json.bytes).root) == setting.monitor.report)
        #expect(told.count == 1)
        for transition in told {
            #expect(HealthTransition(reading: try JSONDocument(transition.line).root) == transition)
        }
    }
}
