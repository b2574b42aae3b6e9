import AurelisJSON
import NIOCore
import Testing

@testable import AurelisSimulator

@Suite("Faults on the wire")
struct FaultTests {
    private static let whole = Sample.chat("openai/gpt-4o")
    private static let stream = Sample.chat("openai/gpt-4o", stream: true)

    /// A simulator whose first answer has a fault, and the answer.
    private func with(
        _ fault: Fault,
        _ body: (Simulator, SocketAddress, inout WireConnection) async throws -> Void,
        request: String = Self.whole
    ) async throws {
        let script = FaultScript(steps: ["*": [FaultStep(fault)]])
        try await withSimulator(unlimited { $0.faults = script }, clock: .stopped) { simulator, address in
            try await withConnection(to: address) { connection in
                try await connection.send(Sample.request("POST", "/inference/chat/completions", request))
                try await body(simulator, address, &connection)
            }
            let entry = try #require(simulator.requestLog.first)
            #expect(entry.fault == fault.name)
            #expect(try await ask(address, request).status == 200, "the next answer is whole")
        }
    }

    @Test("a status with a body and headers of one's own")
    func status() async throws {
        let answer = FaultyAnswer(status: 503, body: "busy", contentType: "text/plain", headers: [("Retry-After", "3")])
        try await with(.status(answer)) { _, _, connection in
            let response = try await connection.response()
            #expect(response.status == 503)
            #expect(response.text == "busy")
            #expect(response.headers["retry-after"] == "3")
            #expect(response.headers["content-type"] == "text/plain")
        }
    }

    @Test("a reset before a byte of an answer")
    func reset() async throws {
        try await with(.resetBeforeHeaders) { simulator, _, connection in
            let bytes = try await connection.rest()
            #expect(bytes.isEmpty)
            #expect(connection.wasReset)
            #expect(simulator.requestLog[0].status == nil)
        }
    }

    @Test("silence until the client leaves, which the log notes")
    func silent() async throws {
        let script = FaultScript(steps: ["*": [FaultStep(.silent)]])
        try await withSimulator(unlimited { $0.faults = script }, clock: .stopped) { simulator, address in
            try await withConnection(to: address) { connection in
                try await connection.send(Sample.request("POST", "/inference/chat/completions", Self.whole))
                await simulator.waitForLog { $0.count == 1 }
                simulator.advance(by: .seconds(1_000_000))
            }
            await simulator.waitForLog { $0.first?.clientDisconnected == true }
            #expect(simulator.requestLog[0].status == nil)
            #expect(!simulator.requestLog[0].isFinished)
        }
    }

    @Test("headers that come late", arguments: [whole, stream])
    func slowHeaders(request: String) async throws {
        try await with(
            .slowHeaders(seconds: 30),
            { simulator, _, connection in
                await simulator.waitForLog { $0.count == 1 }
                simulator.advance(by: .seconds(29))
                #expect(simulator.requestLog[0].status == nil)
                simulator.advance(by: .seconds(1))
                let response = try await connection.response()
                #expect(response.status == 200)
            },
            request: request
        )
    }

    @Test("headers at once, the rest late", arguments: [whole, stream])
    func slowFirstToken(request: String) async throws {
        try await with(
            .slowFirstToken(seconds: 30),
            { simulator, _, connection in
                let head = try await connection.bytes(atLeast: 1)
                #expect(String(decoding: head, as: UTF8.self).hasSuffix("\r\n\r\n"))
                simulator.advance(by: .seconds(30))
                let rest = try await connection.bytes(atLeast: 500)
                #expect(rest.count >= 500)
            },
            request: request
        )
    }

    @Test("a stream is cut inside an event, politely or with a reset", arguments: [false, true])
    func cutStream(reset: Bool) async throws {
        try await with(
            .cut(afterFraction: 0.5, reset: reset),
            { _, _, connection in
                let response = try await connection.response()
                #expect(response.status == 200)
                #expect(!response.isComplete)
                #expect(response.chunks.count > 3)
                #expect(!response.text.contains("[DONE]"))
                #expect(!response.text.hasSuffix("\n\n"))
                #expect(connection.wasReset == reset)
            },
            request: Self.stream
        )
    }

    @Test("a document is cut where the fraction says")
    func cutDocument() async throws {
        try await with(.cut(afterFraction: 0.25, reset: false)) { _, _, connection in
            let response = try await connection.response()
            let announced = try #require(response.headers["content-length"].flatMap { Int($0) })
            #expect(!response.isComplete)
            #expect(response.body.count == announced / 4)
        }
    }

    @Test("a stall in the middle, then the rest", arguments: [whole, stream])
    func stall(request: String) async throws {
        try await with(
            .stall(afterFraction: 0.5, seconds: 60),
            { simulator, _, connection in
                await simulator.waitForLog { $0.first?.status == 200 }
                #expect(!simulator.requestLog[0].isFinished)
                simulator.advance(by: .seconds(60))
                let response = try await connection.response()
                #expect(response.isComplete)
                #expect(request == Self.stream ? response.events.last == "[DONE]" : (try? response.json) != nil)
            },
            request: request
        )
    }

    @Test("one broken chunk between good ones")
    func malformedChunk() async throws {
        try await with(
            .malformedChunk(afterFraction: 0.5),
            { _, _, connection in
                let response = try await connection.response()
                #expect(response.isComplete)
                // `[DONE]` is JSON's only by its looks.
                let broken = response.events.filter { (try? JSONDocument($0)) == nil && $0 != "[DONE]" }
                #expect(broken.count == 1)
                #expect(response.streamedText == interpret(Self.whole).text)
            },
            request: Self.stream
        )
    }

    @Test("a document that ends too early, with a length that says so")
    func malformedDocument() async throws {
        try await with(.malformedChunk(afterFraction: 0.5)) { _, _, connection in
            let response = try await connection.response()
            #expect(response.isComplete)
            #expect((try? response.json) == nil)
        }
    }

    @Test("a stream without its end mark, and one with its usage twice")
    func endings() async throws {
        try await with(
            .missingDone,
            { _, _, connection in
                let response = try await connection.response()
                #expect(response.isComplete)
                #expect(response.chunks.last?["usage"] != nil)
                #expect(!response.text.contains("[DONE]"))
            },
            request: Self.stream
        )
        try await with(
            .duplicateUsage,
            { _, _, connection in
                let usages = try await connection.response().chunks.filter { $0["usage"]?.isNull == false }
                #expect(usages.count == 2)
            },
            request: Self.stream
        )
    }

    @Test("a page instead of an answer")
    func wrongContentType() async throws {
        try await with(.wrongContentType) { _, _, connection in
            let response = try await connection.response()
            #expect(response.status == 200)
            #expect(response.headers["content-type"]?.hasPrefix("text/html") == true)
        }
    }

    @Test("no choices, whole and streamed")
    func emptyChoices() async throws {
        try await with(.emptyChoices) { _, _, connection in
            let answer = try await connection.response().json
            #expect(answer["choices"]?.count == 0)
        }
        try await with(
            .emptyChoices,
            { _, _, connection in
                let response = try await connection.response()
                #expect(response.chunks.allSatisfy { $0["choices"]?.count == 0 })
                #expect(response.events.last == "[DONE]")
            },
            request: Self.stream
        )
    }

    @Test("a body without end, as long as the client reads", arguments: [whole, stream])
    func endlessBody(request: String) async throws {
        try await with(
            .endlessBody,
            { _, _, connection in
                let bytes = try await connection.bytes(atLeast: 100_000)
                #expect(bytes.count >= 100_000)
                #expect(!connection.hasEnded)
            },
            request: request
        )
    }

    @Test("bytes that are no HTTP")
    func garbage() async throws {
        try await with(.garbageStatusLine) { _, _, connection in
            let bytes = try await connection.rest()
            #expect(!bytes.isEmpty && !String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP"))
        }
    }

    @Test("a body in small pieces, each in its time")
    func slowBody() async throws {
        try await with(.slowBody(bytes: 100, everySeconds: 1)) { simulator, _, connection in
            await simulator.waitForLog { $0.first?.status == 200 }
            simulator.advance(by: .seconds(3))
            #expect(!simulator.requestLog[0].isFinished)
            simulator.advance(by: .seconds(60))
            let response = try await connection.response()
            #expect(response.isComplete)
        }
    }

    @Test("one retired answer")
    func retired() async throws {
        try await with(.retired) { _, _, connection in
            let response = try await connection.response()
            #expect(response.status == 410)
        }
    }

    @Test("an outage lasts by the simulator's clock, and begins anew with a reset")
    func outage() async throws {
        let fault = Fault.outage(fromSeconds: 10, toSeconds: 20, FaultyAnswer(status: 503, body: "{}"))
        let script = FaultScript(steps: ["*": [FaultStep(fault)]])
        try await withSimulator(unlimited { $0.faults = script }, clock: .stopped) { simulator, address in
            let before = try await ask(address)
            #expect(before.status == 200)
            simulator.advance(by: .seconds(10))
            #expect(try await ask(address).status == 503)
            #expect(try await exchange(address, "GET", "/catalog/models").status == 503)
            simulator.advance(by: .seconds(10))
            #expect(try await ask(address).status == 200)
            simulator.reset()
            simulator.advance(by: .seconds(15))
            #expect(try await ask(address).status == 503)
        }
    }

    @Test("faults by chance are decided by the seed")
    func probability() async throws {
        func statuses(seed: UInt64) async throws -> [Int] {
            let configuration = unlimited {
                $0.seed = seed
                $0.faults = FaultScript(steps: [
                    "*": [FaultStep(.status(FaultyAnswer(status: 503, body: "")), times: .always, probability: 0.5)]
                ])
            }
            return try await withSimulator(configuration) { _, address in
                try await withConnection(to: address) { connection in
                    var statuses: [Int] = []
                    for _ in 0..<40 {
                        try await connection.send(Sample.request("POST", "/inference/chat/completions", Self.whole))
                        statuses.append(try await connection.response().status)
                    }
                    return statuses
                }
            }
        }
        let first = try await statuses(seed: 1)
        #expect((8...32).contains(first.filter { $0 == 503 }.count))
        #expect(try await statuses(seed: 1) == first)
        #expect(try await statuses(seed: 2) != first)
    }
}
