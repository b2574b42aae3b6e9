import Foundation
import Testing

@testable import AurelisSimulator

@Suite("Fault scripts")
struct FaultScriptTests {
    private func parse(_ text: String) throws -> FaultScript { try FaultScript(parsing: Array(text.utf8)) }

    @Test("the example of the documentation is a script, and every name there is one that is known")
    func documentation() throws {
        let file = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../Documentation/faults.md")
        let text = try String(contentsOf: file.standardizedFileURL, encoding: .utf8)
        let start = try #require(text.range(of: "```json\n")).upperBound
        let end = try #require(text[start...].range(of: "```")).lowerBound
        let script = try parse(String(text[start..<end]))
        #expect(script.steps["openai/gpt-4o"]?.map(\.fault.name) == ["pass", "status", "cut"])
        #expect(script.steps["*"]?.map(\.fault.name) == ["status", "outage"])
        for name in FaultScript.names { #expect(text.contains("| `\(name)` | "), "\(name)") }
        for error in NamedError.allCases { #expect(text.contains("`\(error.rawValue)`"), "\(error)") }
        for kind in FaultStep.kinds { #expect(text.contains("\n| `\(kind)` | "), "\(kind)") }
    }

    @Test("every kind is read with its fields")
    func everyKind() throws {
        let script = try parse(
            """
            {"retired": false, "models": {"gpt-4o": [
              {"kind": "pass", "times": 3}, {"kind": "status", "status": 503, "retry_after": 7, "times": "always"},
              {"kind": "reset_before_headers"}, {"kind": "silent"}, {"kind": "slow_headers", "seconds": 1.5},
              {"kind": "slow_first_token", "seconds": 2}, {"kind": "cut", "after_fraction": 0.25, "reset": true},
              {"kind": "stall", "after_fraction": 0.5, "seconds": 9}, {"kind": "malformed_chunk"},
              {"kind": "missing_done"}, {"kind": "wrong_content_type"}, {"kind": "empty_choices"},
              {"kind": "endless_body"}, {"kind": "garbage_status_line"},
              {"kind": "slow_body", "bytes": 2, "every_seconds": 1}, {"kind": "retired"}, {"kind": "duplicate_usage"},
              {"kind": "outage", "from_seconds": 1, "to_seconds": 2, "error": "bad_gateway"}
            ]}}
            """
        )
        let steps = try #require(script.steps["openai/gpt-4o"])
        #expect(
            steps.map(\.fault.name) == [
                "pass", "status", "reset_before_headers", "silent", "slow_headers", "slow_first_token", "cut", "stall",
                "malformed_chunk", "missing_done", "wrong_content_type", "empty_choices", "endless_body",
                "garbage_status_line", "slow_body", "retired", "duplicate_usage", "outage",
            ]
        )
        #expect(steps[0].times == .count(3))
        #expect(steps[1].times == .always)
        #expect(steps[6].fault == .cut(afterFraction: 0.25, reset: true))
        #expect(steps[14].fault == .slowBody(bytes: 2, everySeconds: 1))
        guard case .status(let answer) = steps[1].fault else { return }
        #expect(answer.error.headers.contains(HeaderField("retry-after", "7")))
    }

    @Test("a script survives being written and read again", arguments: FaultScript.names)
    func roundTrip(name: String) throws {
        let script = try #require(FaultScript.named(name))
        #expect(try FaultScript(parsing: script.document) == script)
    }

    @Test("an unknown name has no script")
    func unknownName() { #expect(FaultScript.named("no such script") == nil) }

    @Test(
        "a mistake is named with its place",
        arguments: [
            (#"{"models":"#, ""),
            ("[]", ""),
            (#"{"modles":{}}"#, "modles"),
            (#"{"retired":1}"#, "retired"),
            (#"{"models":[]}"#, "models"),
            (#"{"models":{"gpt-9":[]}}"#, "models.gpt-9"),
            (#"{"models":{"*":{}}}"#, "models.*"),
            (#"{"models":{"gpt-4o":[],"openai/gpt-4o":[]}}"#, "models.openai/gpt-4o"),
            (#"{"models":{"*":[1]}}"#, "models.*[0]"),
            (#"{"models":{"*":[{}]}}"#, "models.*[0].kind"),
            (#"{"models":{"*":[{"kind":"silent"},{"kind":"explode"}]}}"#, "models.*[1].kind"),
            (#"{"models":{"*":[{"kind":"silent","times":0}]}}"#, "models.*[0].times"),
            (#"{"models":{"*":[{"kind":"silent","times":"never"}]}}"#, "models.*[0].times"),
            (#"{"models":{"*":[{"kind":"silent","stream":"yes"}]}}"#, "models.*[0].stream"),
            (#"{"models":{"*":[{"kind":"silent","seconds":1}]}}"#, "models.*[0].seconds"),
            (#"{"models":{"*":[{"kind":"silent","probability":2}]}}"#, "models.*[0].probability"),
            (#"{"models":{"*":[{"kind":"slow_headers"}]}}"#, "models.*[0].seconds"),
            (#"{"models":{"*":[{"kind":"cut","after_fraction":1.5}]}}"#, "models.*[0].after_fraction"),
            (#"{"models":{"*":[{"kind":"status"}]}}"#, "models.*[0].status"),
            (#"{"models":{"*":[{"kind":"status","status":99}]}}"#, "models.*[0].status"),
            (#"{"models":{"*":[{"kind":"status","error":"oops"}]}}"#, "models.*[0].error"),
            (#"{"models":{"*":[{"kind":"status","status":500,"headers":{"a b":"c"}}]}}"#, "models.*[0].headers.a b"),
            (#"{"models":{"*":[{"kind":"status","status":500,"headers":{"a":"b\r\nc"}}]}}"#, "models.*[0].headers.a"),
            (#"{"models":{"*":[{"kind":"outage","from_seconds":5,"to_seconds":5}]}}"#, "models.*[0].to_seconds"),
        ]
    )
    func mistakes(text: String, path: String) {
        #expect { try parse(text) } throws: { ($0 as? FaultScriptError)?.path == path }
    }

    @Test("an unknown kind is answered with the list of them")
    func helpfulMessage() {
        #expect {
            try parse(#"{"models":{"*":[{"kind":"explode"}]}}"#)
        } throws: {
            "\($0)".hasPrefix(#"models.*[0].kind: unknown kind "explode"; there are: pass, status"#)
        }
    }

    @Test("every named error is a refusal with a body of its own", arguments: NamedError.allCases)
    func namedErrors(name: NamedError) throws {
        let script = try parse(#"{"models":{"*":[{"kind":"status","error":"\#(name.rawValue)"}]}}"#)
        guard case .status(let answer) = script.steps["*"]?.first?.fault else {
            Issue.record("no status step")
            return
        }
        #expect((400..<600).contains(answer.error.status))
        #expect(answer.error.body.isEmpty == (name == .emptyForbidden))
    }

    @Test("random bytes never crash the reader")
    func fuzz() {
        var generator = SeededGenerator(seed: 7)
        let seedText = Array(#"{"models":{"*":[{"kind":"cut","after_fraction":0.5,"times":2}]}}"#.utf8)
        for _ in 0..<2_000 {
            var bytes = seedText
            for _ in 0..<(1 + generator.next() % 4) {
                bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: generator.next())
            }
            _ = try? FaultScript(parsing: bytes)
        }
    }
}

@Suite("Fault schedule")
struct FaultScheduleTests {
    private func model(_ name: String) throws -> Int { try #require(ModelCatalog.standard.index(of: name)) }

    @Test("steps are used in order, as often as they say, the model's own first")
    func order() throws {
        var schedule = FaultSchedule(
            FaultScript(steps: [
                "openai/gpt-4o": [FaultStep(.silent, times: .count(2)), FaultStep(.emptyChoices)],
                "*": [FaultStep(.retired)],
            ])
        )
        let gpt4o = try model("gpt-4o")
        let taken = (0..<5).map { _ in schedule.take(model: gpt4o, stream: false, chance: 0) }
        #expect(taken == [.silent, .silent, .emptyChoices, .retired, nil])
    }

    @Test("a step whose condition does not fit waits and lets others pass")
    func condition() throws {
        var schedule = FaultSchedule(
            FaultScript(steps: [
                "*": [FaultStep(.silent, stream: true), FaultStep(.emptyChoices), FaultStep(.missingDone)]
            ])
        )
        let nemo = try model("mistral-nemo")
        #expect(schedule.take(model: nemo, stream: false, chance: 0) == .emptyChoices)
        #expect(schedule.take(model: nemo, stream: false, chance: 0) == nil)
        #expect(schedule.take(model: nemo, stream: true, chance: 0) == .silent)
        #expect(schedule.take(model: nemo, stream: true, chance: 0) == .missingDone)
    }

    @Test("a probability is a share of the dice")
    func probability() throws {
        var schedule = FaultSchedule(
            FaultScript(steps: ["*": [FaultStep(.silent, times: .always, probability: 0.25)]])
        )
        let nemo = try model("mistral-nemo")
        #expect(schedule.take(model: nemo, stream: false, chance: 0.2499) == .silent)
        #expect(schedule.take(model: nemo, stream: false, chance: 0.25) == nil)
    }

    @Test("an outage holds from its first moment to before its last, and is never used up")
    func outage() throws {
        let fault = Fault.outage(fromSeconds: 10, toSeconds: 20, FaultyAnswer(status: 503, body: "down"))
        let schedule = FaultSchedule(FaultScript(steps: ["mistral-nemo": [FaultStep(fault)]]))
        let nemo = try model("mistral-nemo")
        for (seconds, isDown) in [(0.0, false), (9.999, false), (10, true), (10, true), (19.999, true), (20, false)] {
            let found = schedule.outage(model: nemo, stream: false, elapsed: .seconds(seconds))
            #expect((found == fault) == isDown, "at \(seconds)")
        }
        #expect(schedule.outage(model: try model("gpt-4o"), stream: false, elapsed: .seconds(15)) == nil)
    }
}
