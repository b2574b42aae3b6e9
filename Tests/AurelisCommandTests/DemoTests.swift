import Aurelis
import Testing

@testable import AurelisCommand

@Suite("demo")
struct DemoTests {
    private func outcome(_ status: Int, _ model: String?, seen: [(String, Int)]) -> DemoOutcome {
        var outcome = DemoOutcome(status: status, model: model, attempts: seen.count, duration: .seconds(3))
        outcome.seen = seen.map { DemoOutcome.Seen(model: $0.0, status: $0.1) }
        outcome.pieces = 5
        return outcome
    }

    @Test("a scene that went as it should has no problems")
    func good() {
        #expect(outcome(200, "a", seen: [("a", 200)]).problems(.answered(by: "a")).isEmpty)
        #expect(outcome(200, "a", seen: [("a", 200)]).problems(.streamed(by: "a")).isEmpty)
        #expect(outcome(200, "b", seen: [("a", 503), ("b", 200)]).problems(.fallenBack(from: "a")).isEmpty)
        let waited = outcome(200, "a", seen: [("a", 429), ("a", 200)])
        #expect(waited.problems(.waited(model: "a", atLeast: .seconds(2))).isEmpty)
        #expect(outcome(401, nil, seen: [("a", 401)]).problems(.refused(status: 401)).isEmpty)
        #expect(outcome(200, "a", seen: [("a", 200), ("a", 200)]).problems(.continued(by: "a")).isEmpty)
    }

    @Test("a scene that went otherwise is told what went wrong")
    func bad() {
        #expect(outcome(500, nil, seen: [("a", 500)]).problems(.answered(by: "a")).count == 3)
        #expect(outcome(200, "a", seen: [("a", 200)]).problems(.fallenBack(from: "a")).count == 2)
        let repeated = outcome(401, nil, seen: [("a", 401), ("a", 401)])
        #expect(repeated.problems(.refused(status: 401)) == ["the provider saw a 401 ×2"])
        let hasty = outcome(200, "a", seen: [("a", 429), ("a", 200)])
        #expect(hasty.problems(.waited(model: "a", atLeast: .seconds(4))).count == 1)
        #expect(outcome(200, "a", seen: [("a", 200)]).problems(.continued(by: "a")).count == 1)
        var cut = outcome(200, "a", seen: [("a", 200)])
        cut.isComplete = false
        #expect(cut.problems(.streamed(by: "a")).count == 1)
    }

    @Test("attempts that the gateway claims must be those that the provider saw")
    func attempts() {
        var outcome = outcome(200, "a", seen: [("a", 200)])
        outcome.attempts = 2
        #expect(outcome.problems(.answered(by: "a")) == ["2 attempts claimed, 1 seen"])
    }

    @Test("equal neighbours are counted")
    func counting() {
        var outcome = outcome(200, "b", seen: [("a", 503), ("a", 503), ("a", 503), ("b", 200)])
        outcome.route = "a:upstream>a:upstream>a:upstream>b:ok"
        #expect(outcome.seenInWords == "a 503 ×3, b 200")
        #expect(outcome.routeInWords == "a upstream ×3, b ok")
        #expect(DemoOutcome.counted([]) == "")
    }

    @Test("the story has a scene for each thing it promises, and every request is valid JSON")
    func story() {
        #expect(DemoScene.story.count == 7)
        #expect(DemoScene.story.filter(\.streams).count == 3)
        #expect(DemoScene.story.filter { $0.gateway == .badToken }.count == 1)
    }

    @Test("no line of the narration is wider than 100 columns, and what a model writes cannot escape it")
    func narration() throws {
        let captured = CapturedConsole()
        let narrator = DemoNarrator(captured.console.output)
        let scene = DemoScene(
            title: "title",
            name: "name",
            model: "auto/general",
            prompt: String(repeating: "word 日本 ", count: 40),
            expectation: .answered(by: "a")
        )
        try narrator.say(String(repeating: "long ", count: 50))
        try narrator.open(scene, number: 1, routing: .standard)
        var live = try narrator.live("answer")
        for word in 0..<200 { try live.print("word\(word) ") }
        try live.print(String(repeating: "x", count: 250) + "\u{1B}]0;t\u{7}\nnext")
        try live.finish()
        var outcome = outcome(200, "a", seen: [("a", 200)])
        outcome.route = String(repeating: "model:upstream>other:timeout>", count: 20)
        outcome.hint = "do \u{1B}[2J this"
        try narrator.close(scene, outcome, problems: ["one problem"])
        try narrator.table([(scene, outcome, [])])
        let text = try captured.finish().output
        for line in text.split(separator: "\n") { #expect(String(line).displayWidth <= 100) }
        #expect(!text.contains("\u{1B}"))
        #expect(text.contains("word199"))
    }
}
