import Aurelis
import AurelisJSON
import Testing

@testable import AurelisGateway

@Suite("Uploads over the wire", .timeLimit(.minutes(1)))
struct UploadTests {
    private static let type = "Content-Type: multipart/form-data; boundary=x\r\n"
    private static let content = (0..<200).map { #"{"custom_id":"\#($0)"}"# + "\r\n" }.joined()

    private static func form(_ content: String, purpose: String = "batch") -> String {
        "--x\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\n\(purpose)\r\n"
            + "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../in.jsonl\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\n\(content)\r\n--x--\r\n"
    }

    private static func post(_ form: String, length: Int? = nil, type: String = Self.type) -> String {
        "POST /v1/files HTTP/1.1\r\nHost: localhost\r\n\(type)Content-Length: \(length ?? form.utf8.count)\r\n\r\n\(form)"
    }

    private static func message(_ answer: RawAnswer) -> String? {
        Samples.document(answer.body)["error"]?["message"]?.string
    }

    private static func code(_ answer: RawAnswer) -> String? {
        Samples.document(answer.body)["error"]?["code"]?.string
    }

    @Test("a file arrives as it was sent, and the connection goes on", arguments: [1, 7, 4_096, 1 << 20])
    func pieces(size: Int) async throws {
        let store = MemoryStore()
        try await TestGateway.run(store: store) { gateway async throws in
            let client = try await gateway.connect()
            var rest = Array(Self.post(Self.form(Self.content)).utf8)[...]
            while !rest.isEmpty {
                try await client.send(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            let answer = try await client.readAnswer()
            #expect(answer.status == 200)
            let file = Samples.document(answer.body)
            #expect(file["object"]?.string == "file" && file["bytes"]?.int == Self.content.utf8.count)
            #expect(file["id"]?.string.map { StoredID.file.contains($0) } == true)
            try await client.send(Samples.get("/health/live"))
            #expect(try await client.readAnswer().status == 200)
        }
        #expect(store.contents == [Array(Self.content.utf8)])
    }

    @Test("a chunked upload, and what is sent right behind it, are answered in turn")
    func chunked() async throws {
        let store = MemoryStore()
        try await TestGateway.run(store: store) { gateway async throws in
            let client = try await gateway.connect()
            let form = Self.form(Self.content)
            var text = "POST /v1/files HTTP/1.1\r\nHost: localhost\r\n\(Self.type)Transfer-Encoding: chunked\r\n\r\n"
            text += String(form.utf8.count, radix: 16) + "\r\n\(form)\r\n0\r\n\r\n" + Samples.get("/v1/files")
            try await client.send(text)
            #expect(try await client.readAnswer().status == 200)
            let list = Samples.document(try await client.readAnswer().body)
            #expect(list["data"]?.count == 1 && list["has_more"]?.bool == false)
        }
        #expect(store.contents == [Array(Self.content.utf8)])
    }

    @Test("100-continue is given before the body")
    func continues() async throws {
        try await TestGateway.run(store: MemoryStore()) { gateway async throws in
            let client = try await gateway.connect()
            let form = Self.form("a")
            try await client.send(Self.post("", length: form.utf8.count, type: Self.type + "Expect: 100-continue\r\n"))
            #expect(try await client.read(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            try await client.send(form)
            #expect(try await client.readAnswer().status == 200)
        }
    }

    @Test("a disk that is slow holds the sender back: what waits is bounded")
    func backpressure() async throws {
        let gate = Signal()
        let store = MemoryStore(writes: gate)
        try await TestGateway.run(store: store) { gateway async throws in
            let client = try await gateway.connect()
            let content = String(repeating: "0123456789abcdef", count: 1 << 20)
            async let sent: Void = client.send(Self.post(Self.form(content)))
            await store.firstWrite.wait()
            // Others are served meanwhile; and so the gateway has had every chance to read too much.
            for _ in 0..<50 { #expect(try await gateway.send(Samples.get("/health/live")).status == 200) }
            gate.fire()
            try await sent
            #expect(try await client.readAnswer().status == 200)
        }
        #expect(store.contents.map(\.count) == [16 << 20])
        #expect(store.largestWrite <= 1 << 20)
    }

    @Test("a client that goes away leaves nothing behind", arguments: ["close", "finish", "reset"])
    func disconnect(how: String) async throws {
        let store = MemoryStore()
        try await TestGateway.run(store: store) { gateway async throws in
            let client = try await gateway.connect()
            let form = Self.form(Self.content)
            try await client.send(String(Self.post(form).dropLast(20)))
            await store.firstWrite.wait()
            switch how {
            case "close": await client.close()
            case "finish": try await client.finishSending()
            default: try await client.reset()
            }
            await store.uploadEnded.wait()
        }
        #expect(store.contents.isEmpty)
    }

    @Test("an upload that drips for ever ends with 408 and leaves nothing behind")
    func dripping() async throws {
        var configuration = GatewayConfiguration()
        configuration.timeLimits.upload = .milliseconds(200)
        configuration.timeLimits.linger = .milliseconds(100)
        let store = MemoryStore()
        try await TestGateway.run(configuration: configuration, store: store) { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(String(Self.post(Self.form("a"), length: 1_000_000).dropLast(9)))
            async let answer = client.readAnswer()
            while (try? await client.send("a")) != nil { await Task.yield() }
            #expect(try await answer.status == 408)
        }
        #expect(store.contents.isEmpty)
    }

    @Test("one that is too large is refused, by its announcement or when it has become so: with sizes and the way out")
    func tooLarge() async throws {
        var configuration = GatewayConfiguration()
        configuration.limits.upload = 10_000
        configuration.limits.file = 8_192
        let store = MemoryStore()
        try await TestGateway.run(configuration: configuration, store: store) { gateway async throws in
            let announced = try await gateway.send(Self.post("", length: 10_001))
            #expect(announced.status == 413 && Self.code(announced) == "file_too_large")
            let wayOut = "; split it, or have `files.maximum_size` raised in the gateway's configuration"
            let limit = "8192 bytes (8.0 KB)"
            #expect(
                Self.message(announced) == "the upload has 10001 bytes (9.8 KB), and a file may have \(limit)\(wayOut)"
            )
            let client = try await gateway.connect()
            let head = "POST /v1/files HTTP/1.1\r\nHost: localhost\r\n\(Self.type)Transfer-Encoding: chunked\r\n\r\n"
            let form = String(Self.form(String(repeating: "a", count: 20_000)).dropLast(10))
            try await client.send(head + String(form.utf8.count, radix: 16) + "\r\n")
            try? await client.send(form)
            let grown = try await client.readAnswer()
            #expect(grown.status == 413 && Self.code(grown) == "file_too_large")
            #expect(Self.message(grown) == "the file has more than \(limit)\(wayOut)")
        }
        #expect(store.contents.isEmpty)
    }

    @Test("a full disk is told while the client still sends, and the connection closes")
    func full() async throws {
        let store = MemoryStore(full: 100)
        try await TestGateway.run(store: store) { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(Self.post(Self.form(Self.content), length: 1_000_000))
            let answer = try await client.readAnswer()
            #expect(answer.status == 507 && Self.code(answer) == "disk_full" && answer["connection"] == "close")
            await store.uploadEnded.wait()
        }
        #expect(store.contents.isEmpty)
    }

    @Test("what is no upload is refused in OpenAI's shape")
    func refused() async throws {
        let store = MemoryStore()
        try await TestGateway.run(store: store) { gateway async throws in
            let whole = Self.form("a")
            let cases: [(String, Int, String)] = [
                (Self.post(String(whole.dropLast(6))), 400, "invalid_multipart"),
                (Self.post("a=b"), 400, "invalid_multipart"), (Self.post(""), 400, "invalid_multipart"),
                (Self.post(Self.form("a", purpose: "assistants")), 400, "invalid_form"),
                (Self.post(whole + whole.replacing("--x--", with: "")), 200, ""),
                (Self.post(whole, type: "Content-Type: application/json\r\n"), 415, "unsupported_media_type"),
                (Self.post(whole, type: "Content-Type: multipart/form-data\r\n"), 400, "invalid_multipart"),
                (Self.post(whole, type: Self.type + "x-aurelis-priority: now\r\n"), 400, "invalid_header"),
                (Self.post(whole, type: Self.type + "Content-Encoding: gzip\r\n"), 415, "unsupported_media_type"),
            ]
            for (request, status, code) in cases {
                let answer = try await gateway.send(request)
                #expect(answer.status == status && (Self.code(answer) ?? "") == code, "\(request)")
            }
        }
        #expect(store.contents.count == 1)
    }

    @Test("without a data directory clients are told so")
    func noStorage() async throws {
        try await TestGateway.run { gateway async throws in
            for request in [Self.post(Self.form("a")), Samples.get("/v1/files"), Samples.post("/v1/batches", "{}")] {
                let answer = try await gateway.send(request)
                #expect(answer.status == 501 && Self.code(answer) == "no_data_directory")
            }
        }
    }
}
