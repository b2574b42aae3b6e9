import AurelisJSON
import NIOCore
import Testing

@testable import AurelisSimulator

@Suite("Control surface")
struct ControlTests {
    @Test("the log tells what was asked, and no secret")
    func log() async throws {
        try await withSimulator(unlimited(), clock: .stopped) { simulator, address in
            simulator.advance(by: .milliseconds(1_500))
            _ = try await exchange(
                address,
                "POST",
                "/inference/chat/completions?api-version=x",
                Sample.chat("openai/gpt-4o", stream: true),
                headers: ["X-Aurelis-Test: case-7"]
            )
            _ = try await ask(address, Sample.chat("no/model"))
            let response = try await exchange(address, "GET", "/_simulator/requests", token: nil)
            let log = try response.json
            #expect(log["total"]?.int == 2)
            let first = try #require(log["requests"]?[0])
            #expect(first["sequence"]?.int == 1)
            #expect(first["time_ms"]?.double == 1_500)
            #expect(first["method"]?.string == "POST")
            #expect(first["path"]?.string == "/inference/chat/completions?api-version=x")
            #expect(first["model"]?.string == "openai/gpt-4o")
            #expect(first["stream"]?.bool == true)
            #expect(first["status"]?.int == 200)
            #expect(first["fault"]?.isNull == true)
            #expect(first["bytes_received"]?.int == Sample.chat("openai/gpt-4o", stream: true).utf8.count)
            #expect(first["finished"]?.bool == true)
            #expect(first["client_disconnected"]?.bool == false)
            #expect(first["tag"]?.string == "case-7")
            #expect(
                first["header_names"]?.elements.compactMap(\.string)
                    == ["host", "content-length", "authorization", "x-aurelis-test"]
            )
            #expect(first["body"] == nil)
            #expect(log["requests"]?[1]?["status"]?.int == 400)
            #expect(log["requests"]?[1]?["model"]?.isNull == true)
            #expect(!response.text.contains(Sample.token))
        }
    }

    @Test("the log can be cleared, keeps bodies when told to, and is bounded")
    func logOptions() async throws {
        let configuration = unlimited {
            $0.recordsBodies = true
            $0.requestLogCapacity = 3
        }
        try await withSimulator(configuration) { simulator, address in
            for _ in 0..<5 { _ = try await ask(address) }
            #expect(simulator.requestLog.map(\.sequence) == [3, 4, 5])
            #expect(simulator.requestLog[0].body == Array(Sample.chat().utf8))
            let log = try await exchange(address, "GET", "/_simulator/requests").json
            #expect(log["dropped"]?.int == 2)
            #expect(log["requests"]?[0]?["body"]?.string == Sample.chat())
            #expect(try await exchange(address, "DELETE", "/_simulator/requests").status == 200)
            #expect(simulator.requestLog.isEmpty)
            _ = try await ask(address)
            #expect(simulator.requestLog.map(\.sequence) == [6])
        }
    }

    @Test("faults can be replaced while it runs; a wrong script changes nothing")
    func faults() async throws {
        try await withSimulator(unlimited()) { _, address in
            let script = #"{"models":{"*":[{"kind":"status","error":"day_limit","times":"always"}]}}"#
            #expect(try await exchange(address, "PUT", "/_simulator/faults", script).status == 200)
            let refused = try await ask(address)
            #expect(refused.status == 429)
            #expect(refused.headers["retry-after"] == "5631")
            let wrong = try await exchange(address, "PUT", "/_simulator/faults", #"{"models":{"*":[{"kind":"x"}]}}"#)
            #expect(wrong.status == 400)
            #expect(try wrong.json["error"]?["path"]?.string == "models.*[0].kind")
            #expect(try await ask(address).status == 429)
            let shown = try await exchange(address, "GET", "/_simulator/faults").json
            #expect(shown["models"]?["*"]?[0]?["kind"]?.string == "status")
            #expect(try await exchange(address, "PUT", "/_simulator/faults", "{}").status == 200)
            #expect(try await ask(address).status == 200)
        }
    }

    @Test("a reset gives everything back", arguments: [true, false])
    func reset(overTheWire: Bool) async throws {
        var configuration = SimulatorConfiguration()
        configuration.faults = FaultScript(steps: ["*": [FaultStep(.retired)]])
        try await withSimulator(configuration, clock: .stopped) { simulator, address in
            func statuses() async throws -> [Int] {
                var statuses: [Int] = []
                for _ in 0..<11 { statuses.append(try await ask(address, Sample.chat("openai/gpt-4o")).status) }
                return statuses
            }
            let expected = [410] + Array(repeating: 200, count: 9) + [429]
            let first = try await statuses()
            #expect(first == expected)
            if overTheWire {
                #expect(try await exchange(address, "POST", "/_simulator/reset").status == 200)
            } else {
                simulator.reset()
            }
            #expect(simulator.requestLog.isEmpty)
            #expect(try await statuses() == expected)
            #expect(simulator.requestLog.first?.sequence == 1)
        }
    }

    @Test(
        "wrong requests to the clock are told so",
        arguments: ["", "{}", #"{"advance_seconds":-1}"#, #"{"advance_seconds":"x"}"#]
    )
    func wrongTime(body: String) async throws {
        try await withSimulator(unlimited()) { _, address in
            let response = try await exchange(address, "POST", "/_simulator/time", body)
            #expect(response.status == 400)
        }
    }

    @Test("moving the clock from outside wakes what waits")
    func timeOverTheWire() async throws {
        let script = FaultScript(steps: ["*": [FaultStep(.slowHeaders(seconds: 30))]])
        try await withSimulator(unlimited { $0.faults = script }, clock: .stopped) { simulator, address in
            async let response = ask(address)
            await simulator.waitForLog { $0.count == 1 }
            _ = try await exchange(address, "POST", "/_simulator/time", #"{"advance_seconds":30}"#)
            #expect(try await response.status == 200)
        }
    }

    @Test("waiting for the log ends with the task")
    func cancelledWait() async throws {
        let simulator = Simulator()
        await withTaskGroup { group in
            group.addTask { await simulator.waitForLog { _ in false } }
            group.cancelAll()
        }
        try await simulator.shutdown()
    }

    @Test("the ring keeps the last records, and updates only those that are still there")
    func ring() {
        var log = RequestLog(capacity: 4, recordsBodies: true)
        func record(_ body: String) -> RequestLog.Record {
            RequestLog.Record(
                time: .zero,
                method: "POST",
                target: "/",
                stream: false,
                bytesReceived: 0,
                headerNames: [],
                body: ByteBuffer(string: body)
            )
        }
        for number in 1...10 {
            #expect(log.append(record("\(number)")) == number)
            log.update(number - 4) { $0.status = 500 }
            log.update(number) { $0.status = 200 + number }
        }
        #expect(log.records.map(\.sequence) == [7, 8, 9, 10])
        #expect(log.records.map(\.status) == [207, 208, 209, 210])
        #expect(log.dropped == 6)
        log.clear()
        #expect(log.append(record("x")) == 11)
        #expect(log.records.count == 1)
    }

    @Test("a log of no size still numbers requests")
    func noLog() {
        var log = RequestLog(capacity: 0, recordsBodies: false)
        let record = RequestLog.Record(
            time: .zero,
            method: "GET",
            target: "/",
            stream: false,
            bytesReceived: 0,
            headerNames: []
        )
        #expect([log.append(record), log.append(record)] == [1, 2])
        #expect(log.records.isEmpty)
    }

    @Test("bodies in the log stay within their bound")
    func bodyBound() {
        var log = RequestLog(capacity: 100, recordsBodies: true)
        let body = ByteBuffer(repeating: 0, count: 10 << 20)
        for _ in 0..<20 {
            _ = log.append(
                RequestLog.Record(
                    time: .zero,
                    method: "POST",
                    target: "/",
                    stream: false,
                    bytesReceived: 0,
                    headerNames: [],
                    body: body
                )
            )
        }
        #expect(log.records.count == 20)
        #expect(log.records.compactMap(\.body).count == 6)
        #expect(log.records.last?.body != nil)
    }
}
