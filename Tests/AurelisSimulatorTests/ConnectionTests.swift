import AurelisJSON
import NIOCore
import Testing

@testable import AurelisSimulator

@Suite("Connections")
struct ConnectionTests {
    @Test("pipelined requests are answered in order, also when the first one takes time")
    func pipelining() async throws {
        let script = FaultScript(steps: ["*": [FaultStep(.slowHeaders(seconds: 5))]])
        try await withSimulator(unlimited { $0.faults = script }, clock: .stopped) { simulator, address in
            try await withConnection(to: address) { connection in
                let models = ["openai/gpt-4o", "mistral-ai/mistral-nemo", "openai/gpt-4o-mini"]
                let requests = models.map { Sample.request("POST", "/inference/chat/completions", Sample.chat($0)) }
                try await connection.send(requests.joined())
                await simulator.waitForLog { $0.count == 1 }
                simulator.advance(by: .seconds(5))
                var answered: [String] = []
                for _ in models { answered.append(try await connection.response().json["model"]?.string ?? "") }
                #expect(answered == ["gpt-4o-2024-11-20", "mistral-nemo-2407", "gpt-4o-mini-2024-07-18"])
            }
        }
    }

    @Test("more requests than may wait are answered nevertheless")
    func manyPipelined() async throws {
        let script = FaultScript(steps: ["*": [FaultStep(.slowHeaders(seconds: 5))]])
        try await withSimulator(unlimited { $0.faults = script }, clock: .stopped) { simulator, address in
            try await withConnection(to: address) { connection in
                let request = Sample.request("POST", "/inference/chat/completions", Sample.chat())
                try await connection.send(String(repeating: request, count: 400))
                await simulator.waitForLog { $0.count == 1 }
                simulator.advance(by: .seconds(5))
                for _ in 0..<400 { #expect(try await connection.response().status == 200) }
            }
        }
    }

    @Test("a body that is announced is asked for")
    func expectContinue() async throws {
        try await withSimulator(unlimited()) { _, address in
            try await withConnection(to: address) { connection in
                let body = Sample.chat()
                let request = Sample.request("POST", "/v1/chat/completions", body, headers: ["expect: 100-continue"])
                try await connection.send(String(request.dropLast(body.count)))
                #expect(try await connection.response().status == 100)
                try await connection.send(body)
                #expect(try await connection.response().status == 200)
            }
        }
    }

    @Test("a body that is too long is refused before or while it comes")
    func tooLarge() async throws {
        try await withSimulator(unlimited { $0.maximumBodyBytes = 1_000 }) { _, address in
            try await withConnection(to: address) { connection in
                try await connection.send(
                    "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 1001\r\nexpect: 100-continue\r\n\r\n"
                )
                let response = try await connection.response()
                #expect(response.status == 413)
                #expect(response.headers["connection"] == "close")
            }
            try await withConnection(to: address) { connection in
                let chunk = "1f4\r\n" + String(repeating: "x", count: 500) + "\r\n"
                try await connection.send(
                    "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n" + chunk
                        + chunk
                        + chunk
                )
                #expect(try await connection.response().status == 413)
            }
        }
    }

    @Test("a body in chunks is read like any other")
    func chunkedRequest() async throws {
        try await withSimulator(unlimited()) { _, address in
            try await withConnection(to: address) { connection in
                let body = Sample.chat()
                let (first, second) = (body.prefix(20), body.dropFirst(20))
                try await connection.send(
                    "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n"
                        + "authorization: Bearer \(Sample.token)\r\n\r\n"
                )
                for part in [first, second] {
                    try await connection.send("\(String(part.utf8.count, radix: 16))\r\n\(part)\r\n")
                }
                try await connection.send("0\r\n\r\n")
                #expect(try await connection.response().status == 200)
            }
        }
    }

    @Test("a client of HTTP/1.0 gets a stream without chunks that ends with the connection")
    func http10() async throws {
        try await withSimulator(unlimited()) { _, address in
            try await withConnection(to: address) { connection in
                let request = Sample.request("POST", "/v1/chat/completions", Sample.chat(stream: true), version: "1.0")
                try await connection.send(request)
                let response = try await connection.response()
                #expect(response.headers["transfer-encoding"] == nil)
                #expect(response.headers["connection"] == "close")
                #expect(response.events.last == "[DONE]")
            }
        }
    }

    @Test("a connection is closed when the client asks for it")
    func connectionClose() async throws {
        try await withSimulator(unlimited()) { _, address in
            try await withConnection(to: address) { connection in
                try await connection.send(Sample.request("GET", "/v1/models", headers: ["connection: close"]))
                #expect(try await connection.response().headers["connection"] == "close")
                #expect(try await connection.rest().isEmpty)
                #expect(!connection.wasReset)
            }
        }
    }

    @Test("what is no HTTP is a bad request and the end of the connection")
    func notHTTP() async throws {
        try await withSimulator(unlimited()) { _, address in
            try await withConnection(to: address) { connection in
                try await connection.send("hello\r\n\r\n")
                #expect(try await connection.response().status == 400)
            }
        }
    }

    @Test("a client that leaves a stream is noted")
    func disconnect() async throws {
        let configuration = unlimited { $0.latency = SimulatorLatency(perToken: .seconds(1)) }
        try await withSimulator(configuration, clock: .stopped) { simulator, address in
            try await withConnection(to: address) { connection in
                try await connection.send(Sample.request("POST", "/v1/chat/completions", Sample.chat(stream: true)))
                _ = try await connection.bytes(atLeast: 1)
            }
            await simulator.waitForLog { $0.first?.clientDisconnected == true }
            #expect(simulator.requestLog[0].status == 200)
            #expect(!simulator.requestLog[0].isFinished)
        }
    }

    @Test("connections beyond the limit are closed at once")
    func tooManyConnections() async throws {
        try await withSimulator(unlimited { $0.maximumConnections = 1 }) { _, address in
            try await withConnection(to: address) { first in
                try await first.send(Sample.request("GET", "/v1/models"))
                #expect(try await first.response().status == 200)
                try await withConnection(to: address) { second in
                    let bytes = try await second.rest()
                    #expect(bytes.isEmpty)
                }
            }
        }
    }

    @Test("shutdown ends connections that wait, and a second one does nothing")
    func shutdown() async throws {
        let script = FaultScript(steps: ["*": [FaultStep(.silent)]])
        let simulator = Simulator(configuration: unlimited { $0.faults = script })
        let address = try await simulator.start()
        #expect(simulator.port == address.port)
        try await withConnection(to: address) { connection in
            try await connection.send(Sample.request("POST", "/inference/chat/completions", Sample.chat()))
            await simulator.waitForLog { $0.count == 1 }
            try await simulator.shutdown()
            try await simulator.shutdown()
            #expect(try await connection.rest().isEmpty)
        }
        #expect(simulator.port == nil)
        await #expect(throws: SimulatorError.alreadyStarted) { try await simulator.start() }
    }

    @Test("a port that is taken is an error, after which another may be tried")
    func portTaken() async throws {
        try await withSimulator { _, address in
            let second = Simulator(configuration: SimulatorConfiguration(port: address.port ?? 0))
            await #expect(throws: IOError.self) { try await second.start() }
            try await second.shutdown()
        }
    }

    @Test("bytes are the same for the same seed, identifiers included, and others for another")
    func determinism() async throws {
        func run(seed: UInt64) async throws -> [UInt8] {
            try await withSimulator(unlimited { $0.seed = seed }) { _, address in
                try await withConnection(to: address) { connection in
                    for _ in 0..<2 {
                        try await connection.send(
                            Sample.request("POST", "/v1/chat/completions", Sample.chat(stream: true))
                        )
                    }
                    try await connection.send(Sample.request("GET", "/nothing", headers: ["connection: close"]))
                    return try await connection.rest()
                }
            }
        }
        let first = try await run(seed: 1)
        #expect(try await run(seed: 1) == first)
        #expect(try await run(seed: 2) != first)
    }
}
