import Aurelis
import AurelisJSON
import NIOHTTP1
import Testing

@testable import AurelisGateway

@Suite("Files and batches over the wire", .timeLimit(.minutes(1)))
struct StoredWireTests {
    private static let content = (0..<40_000).flatMap { Array("line \($0)\n".utf8) }

    @Test("a file is given out as it is, with its length, and the connection goes on")
    func download() async throws {
        let store = MemoryStore()
        let id = store.add(Self.content)
        try await TestGateway.run(store: store) { gateway async throws in
            let client = try await gateway.connect()
            for _ in 0..<2 {
                try await client.send(Samples.get("/v1/files/\(id)/content"))
                let answer = try await client.readAnswer()
                #expect(answer.status == 200 && answer["content-length"] == "\(Self.content.count)")
                #expect(answer["content-type"] == "application/octet-stream")
                #expect(Array(answer.body.utf8) == Self.content)
            }
            let empty = store.add([])
            try await client.send(Samples.get("/v1/files/\(empty)/content"))
            #expect(try await client.readAnswer()["content-length"] == "0")
            try await client.send("GET /v1/files/\(id)/content HTTP/1.0\r\n\r\n")
            #expect(Array(try await client.readAnswer().body.utf8) == Self.content)
        }
    }

    @Test("a file that ends too early ends the connection, so that nobody takes it for whole")
    func cutShort() async throws {
        let store = MemoryStore(readable: 100_000)
        let id = store.add(Self.content)
        try await TestGateway.run(store: store) { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(Samples.get("/v1/files/\(id)/content"))
            let head = RawAnswer(head: try await client.read(through: "\r\n\r\n"))
            #expect(head["content-length"] == "\(Self.content.count)")
            #expect(try await client.readToEnd().utf8.count == 100_000)
        }
    }

    @Test("a client that takes nothing has nothing read for it")
    func slowClient() async throws {
        let store = MemoryStore()
        let id = store.add([UInt8](repeating: 0x61, count: 64 << 20))
        try await TestGateway.run(store: store) { gateway async throws in
            let client = try await gateway.connect(reads: false)
            try await client.send(Samples.get("/v1/files/\(id)/content"))
            while store.readPieces == 0 { await Task.yield() }
            for _ in 0..<50 { #expect(try await gateway.send(Samples.get("/health/live")).status == 200) }
            // What the kernel takes for a client that does not read is far from the whole.
            #expect(store.readPieces < 512)
            await client.close()
        }
    }

    @Test("a half-closed connection still gets the file, and nothing that is not of it")
    func halfClosed() async throws {
        let store = MemoryStore()
        let id = store.add(Self.content)
        try await TestGateway.run(store: store) { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(Samples.get("/v1/files/\(id)/content"))
            try await client.finishSending()
            #expect(Array(try await client.readAnswer().body.utf8) == Self.content)
        }
    }

    @Test(
        "paths that lead elsewhere lead nowhere",
        arguments: [
            "/v1/files/../x", "/v1/files/..", "/v1/files/%2e%2e", "/v1/files/%2e%2e%2fx/content",
            "/v1/files/..%2f/content",
            "/v1/files//content", "/v1/files/", "/v1/files/file-/content", "/v1/files/a/content/b",
            "/v1/batches/../files",
            "/v1/batches/%00", "/v1/files/file-00000000000000000000000/content",
            "/v1/files/file-00000000000000000000000G", "//v1/files", "/v1//files",
        ]
    )
    func traps(path: String) async throws {
        try await TestGateway.run(store: MemoryStore()) { gateway async throws in
            for method in ["GET", "DELETE", "POST"] {
                let answer = try await gateway.send("\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(answer.status == 404 || answer.status == 405)
                #expect(Samples.document(answer.body)["error"]?["message"]?.string?.isEmpty == false)
            }
        }
    }

    @Test(
        "method and target find their endpoint",
        arguments: [
            (.POST, "/v1/files", .stored(.uploadFile)), (.GET, "/v1/files?limit=1", .stored(.listFiles)),
            (.HEAD, "/v1/files", .stored(.listFiles)), (.GET, "/v1/files/a", .stored(.file("a"))),
            (.DELETE, "/v1/files/a", .stored(.deleteFile("a"))),
            (.GET, "/v1/files/a/content", .stored(.content(of: "a"))),
            (.POST, "/v1/batches", .stored(.createBatch)), (.GET, "/v1/batches", .stored(.listBatches)),
            (.GET, "/v1/batches/a", .stored(.batch("a"))), (.POST, "/v1/batches/a/cancel", .stored(.cancelBatch("a"))),
            (.PUT, "/v1/files", .methodNotAllowed(allow: "GET, HEAD, POST, OPTIONS")),
            (.HEAD, "/v1/files/a/content", .methodNotAllowed(allow: "GET, OPTIONS")),
            (.DELETE, "/v1/batches/a", .methodNotAllowed(allow: "GET, HEAD, OPTIONS")),
            (.GET, "/v1/batches/a/cancel", .methodNotAllowed(allow: "POST, OPTIONS")),
            (.OPTIONS, "/v1/files/a", .options(allow: "GET, HEAD, DELETE, OPTIONS")),
        ] as [(HTTPMethod, String, Endpoint)]
    )
    func endpoints(method: HTTPMethod, target: String, endpoint: Endpoint) {
        #expect(Endpoint(method: method, target: target) == endpoint)
    }

    @Test("a batch is handed in, shown, listed and left")
    func batches() async throws {
        try await TestGateway.run(store: MemoryStore()) { gateway async throws in
            let body = #"""
                {"input_file_id":"file-1","endpoint":"/v1/embeddings","completion_window":"90m","metadata":{"a":"b"}}
                """#
            let made = Samples.document(try await gateway.post(body, to: "/v1/batches").body)
            #expect(made["object"]?.string == "batch" && made["status"]?.string == "validating")
            #expect(made["metadata"]?["a"]?.string == "b" && made["expires_at"]?.int == 1 + 5_400)
            #expect(made["aurelis"]?["priority"]?.string == "batch")
            let id = made["id"]?.string ?? ""
            #expect(try await gateway.send(Samples.get("/v1/batches/\(id)")).status == 200)
            let list = Samples.document(try await gateway.send(Samples.get("/v1/batches?limit=5")).body)
            #expect(list["first_id"]?.string == id && list["object"]?.string == "list")
            let left = try await gateway.send(Samples.post("/v1/batches/\(id)/cancel", ""))
            #expect(Samples.document(left.body)["cancelling_at"]?.int == 5)
            let urgent = try await gateway.post(body, to: "/v1/batches", headers: "x-aurelis-priority: interactive\r\n")
            #expect(Samples.document(urgent.body)["aurelis"]?["priority"]?.string == "interactive")
        }
    }

    @Test(
        "what is wrong with a batch is named",
        arguments: [
            ("{", nil), ("[]", nil), ("{}", "endpoint"), (#"{"endpoint":"/v1/responses"}"#, "endpoint"),
            (#"{"endpoint":"/v1/embeddings"}"#, "completion_window"),
            (#"{"endpoint":"/v1/embeddings","completion_window":"59m"}"#, "completion_window"),
            (#"{"endpoint":"/v1/embeddings","completion_window":"8d"}"#, "completion_window"),
            (#"{"endpoint":"/v1/embeddings","completion_window":"24h"}"#, "input_file_id"),
            (#"{"endpoint":"/v1/embeddings","completion_window":"24h","input_file_id":5}"#, "input_file_id"),
            (
                #"{"endpoint":"/v1/embeddings","completion_window":"7d","input_file_id":"f","metadata":{"a":1}}"#,
                "metadata"
            ),
            (
                #"{"endpoint":"/v1/embeddings","completion_window":"7d","input_file_id":"f","output_expires_after":{}}"#,
                "output_expires_after"
            ),
        ]
    )
    func refusedBatches(body: String, parameter: String?) async throws {
        try await TestGateway.run(store: MemoryStore()) { gateway async throws in
            let answer = try await gateway.post(body, to: "/v1/batches")
            #expect(answer.status == 400)
            #expect(Samples.document(answer.body)["error"]?["param"]?.string == parameter)
        }
    }

    @Test("parameters of lists are checked", arguments: ["limit=0", "limit=x", "limit=10001", "order=up", "purpose=x"])
    func queries(query: String) async throws {
        try await TestGateway.run(store: MemoryStore()) { gateway async throws in
            #expect(try await gateway.send(Samples.get("/v1/files?\(query)")).status == 400)
            #expect(try await gateway.send(Samples.get("/v1/files?after=&unknown=1&limit=3")).status == 200)
        }
    }
}
