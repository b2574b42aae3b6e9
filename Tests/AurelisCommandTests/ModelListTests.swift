import Aurelis
import AurelisJSON
import Testing

@testable import AurelisCommand

@Suite("models and --dry-run")
struct ModelListTests {
    private let list = ModelList(
        [
            (ProviderModel(id: .codestral2501, wireName: "mistral-ai/codestral-2501"), "github"),
            (ProviderModel(id: .gpt4oMini, wireName: "openai/gpt-4o-mini"), "github"),
            (ProviderModel(id: .gpt4oMini, wireName: "gpt-4o-mini"), "openai"),
        ],
        routing: .standard
    )

    @Test("a model stands with its provider, its name there and the tasks that prefer it")
    func json() throws {
        let models = try JSONDocument(Array(list.json().utf8))["models"]
        #expect(models?[0]?["model"]?.string == "codestral-2501")
        #expect(models?[0]?["wire_name"]?.string == "mistral-ai/codestral-2501")
        #expect(models?[0]?["first_choice_for"]?[0]?.string == "codeGeneration")
        // command-r is not served here, so the next of the row that is served comes first.
        let tasks = models?[1]?["first_choice_for"]?.elements.compactMap(\.string) ?? []
        #expect(tasks.contains("documentation"))
        #expect(tasks.contains("general"))
        #expect(!tasks.contains("codeGeneration"))
    }

    @Test("of two providers of a model only the first is a task's first choice")
    func secondProvider() throws {
        let second = try JSONDocument(Array(list.json().utf8))["models"]?[2]
        #expect(second?["provider"]?.string == "openai")
        #expect(second?["first_choice_for"]?[0] == nil)
    }

    @Test("every task is somebody's first choice")
    func everyTask() throws {
        let models = try JSONDocument(Array(list.json().utf8))["models"]
        var tasks: [String] = []
        for model in try #require(models).elements {
            tasks += model["first_choice_for"]?.elements.compactMap(\.string) ?? []
        }
        #expect(Set(tasks) == Set(TaskType.allCases.map(\.rawValue)))
    }

    @Test("the table fits its width")
    func table() {
        let text = list.table().rendered(width: 100, style: Style(isEnabled: false))
        for line in text.split(separator: "\n") { #expect(String(line).displayWidth <= 100) }
        #expect(text.contains("mistral-ai/codestral-2501"))
    }

    @Test(
        "a dry run says why each candidate stands where it stands",
        arguments: [
            (nil, ModelID.codestral2501, "first choice for codeReview"), (nil, .gpt4o, "fallback 1 for codeReview"),
            (nil, .gpt4oMini, "global fallback"), (.gpt4o, .gpt4o, "named with -m"),
            (.gpt4o, .codestral2501, "fallback: first choice for codeReview"),
        ] as [(ModelID?, ModelID, String)]
    )
    func reasons(named: ModelID?, candidate: ModelID, reason: String) {
        let request = ModelRequest("x", task: .codeReview, model: named)
        #expect(DryRun(request: request, routing: .standard).reason(for: candidate) == reason)
    }

    @Test("a model that a prompt file names is not said to be named with -m")
    func namedByFile() {
        var run = DryRun(request: ModelRequest("x", task: .codeReview, model: .gpt4o), routing: .standard)
        run.naming = "named in summary.prompt.yml"
        #expect(run.reason(for: .gpt4o) == "named in summary.prompt.yml")
    }

    @Test("a dry run prints candidates as a table and as JSON")
    func dryRun() throws {
        let candidates: [RouteTrace.Candidate] = [
            .init(model: .codestral2501, provider: "github"),
            .init(model: .gpt4o, provider: nil, rejection: "no configured provider serves it"),
        ]
        let run = DryRun(request: ModelRequest("x", task: .testing), routing: .standard)

        let text = CapturedConsole()
        try run.print(candidates, json: false, on: text.console)
        let lines = try text.finish().output.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("1  codestral-2501  github    first choice for testing") })
        #expect(lines.contains { $0.contains("ruled out: no configured provider serves it") })

        let json = CapturedConsole()
        try run.print(candidates, json: true, on: json.console)
        let object = try JSONDocument(Array(try json.finish().output.utf8))
        #expect(object["candidates"]?[0]?["reason"]?.string == "first choice for testing")
        #expect(object["candidates"]?[1]?["rejection"]?.string == "no configured provider serves it")
    }
}
