import Aurelis
import AurelisTesting
import Testing

@Suite("Requests that are asked for")
struct RequestSelectionTests {
    private func record(_ change: (inout RequestRecord) -> Void = { _ in }) -> RequestRecord {
        var record = RequestRecord(
            id: .next(),
            time: 1_000,
            operation: .chatCompletion,
            tenant: "ci",
            task: .codeReview,
            modelRequested: "openai/gpt-4o",
            modelUsed: "gpt-4o-mini",
            provider: "openai",
            stream: false,
            outcome: .answered,
            duration: .zero,
            trace: RouteTrace()
        )
        change(&record)
        return record
    }

    private func selection(_ change: (inout RequestSelection) -> Void) -> RequestSelection {
        var selection = RequestSelection(limit: 10)
        change(&selection)
        return selection
    }

    @Test("a model is meant by all of its names, whether it was named or answered")
    func models() {
        for (name, isMeant) in [("gpt-4o", true), ("GPT-4o-mini", true), ("openai/gpt-4o-mini", true), ("o1", false)] {
            #expect(selection { $0.model = ModelID(name) }.admits(record()) == isMeant, "\(name)")
        }
    }

    @Test("each of the others is exactly what was said")
    func others() {
        #expect(RequestSelection(limit: 1).admits(record()))
        #expect(
            selection { $0.provider = "openai" }.admits(record())
                && !selection { $0.provider = "open" }.admits(record())
        )
        #expect(
            selection { $0.task = .codeReview }.admits(record()) && !selection { $0.task = .general }.admits(record())
        )
        #expect(selection { $0.key = "ci" }.admits(record()) && !selection { $0.key = "" }.admits(record()))
        #expect(selection { $0.key = "" }.admits(record { $0.tenant = "" }))
        #expect(selection { $0.since = 1_000 }.admits(record()) && !selection { $0.since = 1_001 }.admits(record()))
    }

    @Test("an outcome is a way to end, or any failure")
    func outcomes() throws {
        let ends: [RequestRecord.Outcome] = [.answered, .interrupted, .failed(.timeout), .failed(.rateLimit)]
        for (text, admitted) in [
            ("answered", [0]), ("interrupted", [1]), ("failed", [2, 3]), ("timeout", [2]), ("rate_limit", [3]),
            ("security", []),
        ] {
            let outcome = try #require(RequestSelection.Outcome(text))
            let found = ends.indices.filter { index in
                selection { $0.outcome = outcome }.admits(record { $0.outcome = ends[index] })
            }
            #expect(found == admitted, "\(text)")
        }
        #expect(RequestSelection.Outcome("faled") == nil && RequestSelection.Outcome("") == nil)
        for name in RequestSelection.Outcome.names { #expect(RequestSelection.Outcome(name) != nil) }
    }

    @Test("a place is read as it is written, and nothing else is one")
    func places() throws {
        let place = RequestSelection.Place(record())
        #expect(RequestSelection.Place(place.description) == place)
        for text in [
            "", "-", "1000", "1000-", "-req_0000000000000000", "x-req_0000000000000000", "1-req_0-1", "1-req_zz",
        ] {
            #expect(RequestSelection.Place(text) == nil, "\(text)")
        }
        let (older, newer) = (
            RequestSelection.Place(record { $0.time = 1 }), RequestSelection.Place(record { $0.time = 2 })
        )
        #expect(older < newer && !(newer < older))
    }
}
