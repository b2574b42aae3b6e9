import Aurelis
import AurelisApp
import AurelisJSON
import Foundation
import Testing

@Suite("The control plane: use and cost")
struct UsageAdminTests {
    private static let prices = "    models: { gpt-4o: { price: { input: 2.50, output: 10 } } }"

    private func usage(_ query: String, of app: RunningApp) async throws -> JSONDocument {
        try JSONDocument(Array(try await app.send("GET", "/admin/usage" + query, to: app.addresses.admin).body.utf8))
    }

    @Test("an answer costs what its tokens cost, the same from the cache nothing; a refusal counts")
    func life() async throws {
        try await FaultyProvider.run(settings: Self.prices, cache: "") { provider async throws in
            let first = try await provider.ask("gpt-4o", prompt: "one two")
            let tokens = try #require(first.document?["usage"])
            let prompt = try #require(tokens["prompt_tokens"]?.int)
            let answer = try #require(tokens["completion_tokens"]?.int)
            _ = try await provider.ask("gpt-4o", prompt: "one two")
            _ = try await provider.stream("gpt-4o", prompt: "one two")
            #expect(try await provider.ask("no-such-model").status == 404)
            let usage = try await usage("?by=model&days=1", of: provider.app)
            let row = try #require(usage["usage"]?[0])
            #expect(row["model"]?.string == "gpt-4o")
            #expect(row["asked"]?.int == 1 && row["cached"]?.int == 2)
            #expect(row["prompt_tokens"]?.int == prompt && row["answer_tokens"]?.int == answer)
            #expect(row["saved_tokens"]?.int == 2 * (prompt + answer))
            #expect(row["cost_picodollars"]?.int == prompt * 2_500_000 + answer * 10_000_000)
            #expect(row["cost_is_complete"]?.bool == true)
            #expect(usage["usage"]?[1]?["failed"]?.int == 1 && usage["usage"]?[1]?["model"]?.string == "")
            #expect(usage["total"]?["requests"]?.int == 4)
        }
    }

    @Test("it is put together and selected by everything", arguments: UsageReport.Grouping.allCases)
    func groupings(grouping: UsageReport.Grouping) async throws {
        try await FaultyProvider.run { provider async throws in
            let body = #"{"model":"text-embedding-3-small","input":"hi"}"#
            #expect(try await provider.app.send("POST", "/v1/embeddings", body: body).status == 200)
            _ = try await provider.ask("gpt-4o-mini", headers: [("x-aurelis-task", "translation")])
            let usage = try await usage("?model=openai/gpt-4o-mini&key=&by=\(grouping.rawValue)", of: provider.app)
            let names: [UsageReport.Grouping: String] = [
                .model: "gpt-4o-mini", .provider: "github-models", .task: "translation", .key: "",
            ]
            #expect(usage["usage"]?[0]?["asked"]?.int == 1 && usage["usage"]?[1] == nil)
            if grouping != .day { #expect(usage["usage"]?[0]?[grouping.rawValue]?.string == names[grouping]) }
            #expect(try await self.usage("", of: provider.app)["total"]?["requests"]?.int == 2)
            #expect(try await self.usage("?key=team", of: provider.app)["total"]?["requests"]?.int == 0)
        }
    }

    @Test("what was used is there after a restart")
    func restart() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("usage-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        for count in 1...2 {
            try await FaultyProvider.run(dataDirectory: directory.path) { provider async throws in
                _ = try await provider.ask("gpt-4o")
                let total = try await usage("", of: provider.app)["total"]
                #expect(total?["asked"]?.int == count)
            }
        }
    }

    static let mistakes: [(String, String)] = [
        ("usage?days=0", "1 to 400"), ("usage?days=x", "1 to 400"),
        ("usage?by=week", "day, key, provider, model, task"),
        ("usage?since=1", "since"), ("requests?limt=1", "limt"), ("requests?limit=0", "1 to 1000"),
    ]

    @Test("what cannot be told says why", arguments: mistakes)
    func refusals(query: String, words: String) async throws {
        try await FaultyProvider.run { provider async throws in
            let answer = try await provider.app.send("GET", "/admin/" + query, to: provider.app.addresses.admin)
            #expect(answer.status == 400)
            #expect(answer.body.contains(words))
        }
    }
}
