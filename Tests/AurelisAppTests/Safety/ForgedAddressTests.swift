import Aurelis
import AurelisApp
import AurelisJSON
import AurelisTransport
import Foundation
import NIOCore
import NIOPosix
import Testing

/// Server-side request forgery: somebody writes an address into a request, and waits who calls.
@Suite("The app: forged addresses", .timeLimit(.minutes(1)))
struct ForgedAddressTests {
    private static let target = "/v1/chat/completions"

    /// Chat requests with an address in every field that means one somewhere, or could.
    private static func bodies(_ url: String) -> [String] {
        let messages = #""messages":[{"role":"user","content":"hi"}]"#
        let image = #"{"type":"image_url","image_url":{"url":"\#(url)/a.png","detail":"high"}}"#
        let tool = #"{"type":"function","function":{"name":"f","parameters":{"$ref":"\#(url)/schema"}}}"#
        let schema = #"{"type":"json_schema","json_schema":{"name":"s","schema":{"$ref":"\#(url)","$id":"\#(url)"}}}"#
        return [
            #"{"model":"\#(url)/v1/gpt-4o",\#(messages)}"#,
            #"{"model":"gpt-4o","messages":[{"role":"user","content":[{"type":"text","text":"\#(url)"},\#(image)]}]}"#,
            #"{"model":"gpt-4o","messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"\#(url)"}}]}]}"#,
            #"{"model":"gpt-4o",\#(messages),"base_url":"\#(url)","api_base":"\#(url)","endpoint":"\#(url)","proxy":"\#(url)"}"#,
            #"{"model":"gpt-4o",\#(messages),"metadata":{"url":"\#(url)","webhook":"\#(url)"},"user":"\#(url)"}"#,
            #"{"model":"gpt-4o",\#(messages),"tools":[\#(tool),{"type":"mcp","server_url":"\#(url)"}],"tool_choice":"auto"}"#,
            #"{"model":"gpt-4o",\#(messages),"response_format":\#(schema),"web_search_options":{"url":"\#(url)"}}"#,
            #"{"model":"auto/\#(url)",\#(messages)}"#,
        ]
    }

    private static func fields(_ url: String) -> [[(String, String)]] {
        [
            [("x-forwarded-host", url), ("forwarded", "host=\(url)"), ("x-original-url", url), ("x-rewrite-url", url)],
            [("x-aurelis-base-url", url), ("x-aurelis-provider", url), ("openai-organization", url), ("referer", url)],
            [("x-aurelis-fallback", url)], [("x-aurelis-task", url)], [("x-aurelis-cache-tags", url)],
            [("azureml-model-deployment", url), ("x-ms-model-mesh-endpoint", url), ("proxy", url)],
            [("traceparent", url), ("tracestate", url), ("baggage", url)],
        ]
    }

    @Test("no address in a request is ever connected to, and what is sent goes where the configuration says")
    func requests() async throws {
        try await Trap.run { trap in
            try await FaultyProvider.run { provider async throws in
                for body in Self.bodies(trap.url) {
                    _ = try await provider.app.send("POST", Self.target, body: body)
                    _ = try await provider.app.send("POST", "/v1/embeddings", body: body)
                }
                for fields in Self.fields(trap.url) { _ = try await provider.ask("gpt-4o", headers: fields) }
                #expect(provider.attempts(on: "gpt-4o") >= 5)
            }
        }
    }

    @Test("a target in absolute form is a path; the address in it is nobody's")
    func absoluteForm() async throws {
        try await Trap.run { trap in
            try await FaultyProvider.run { provider async throws in
                let body = #"{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}"#
                let authority = trap.url.dropFirst("http://".count)
                for host in ["localhost", String(authority)] {
                    let request =
                        "POST \(trap.url)\(Self.target) HTTP/1.1\r\nHost: \(host)\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                    let answer = try await provider.app.exchange(request + body, with: provider.app.addresses.gateway)
                    #expect(answer.hasPrefix("HTTP/1.1 200 "))
                }
                let tunnel = "CONNECT \(authority) HTTP/1.1\r\nHost: localhost\r\n\r\n"
                let answer = try await provider.app.exchange(tunnel, with: provider.app.addresses.gateway)
                #expect(answer.hasPrefix("HTTP/1.1 4"))
                #expect(provider.seen.count == 2)
            }
        }
    }

    /// Waits until everything that a batch asks for was asked for.
    private func end(of batch: String, _ app: RunningApp) async throws {
        while true {
            let state = try JSONDocument(Array(try await app.send("GET", "/v1/batches/\(batch)").body.utf8))
            if ["completed", "failed", "expired", "cancelled"].contains(state["status"]?.string) { return }
        }
    }

    @Test("no address in a file or a batch is ever connected to")
    func batches() async throws {
        try await Trap.run { trap in
            // A batch waits by the clock.
            try await FaultyProvider.run(time: SystemTimeSource()) { provider async throws in
                let chat = #"{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}"#
                let lines = [
                    #"{"custom_id":"a","method":"POST","url":"\#(trap.url)\#(Self.target)","body":\#(chat)}"#,
                    #"{"custom_id":"b","method":"POST","url":"\#(Self.target)","base_url":"\#(trap.url)","body":\#(chat)}"#,
                ]
                let form =
                    "--x\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--x\r\n"
                    + "Content-Disposition: form-data; name=\"file\"; filename=\"\(trap.url)/a.jsonl\"\r\n\r\n"
                    + lines.joined(separator: "\n") + "\r\n--x--\r\n"
                let upload =
                    "POST /v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"
                    + "Content-Length: \(form.utf8.count)\r\n\r\n\(form)"
                let answer = try await provider.app.exchange(upload, with: provider.app.addresses.gateway)
                let start = try #require(answer.firstRange(of: "\r\n\r\n")).upperBound
                let file = try JSONDocument(Array(answer[start...].utf8))
                let id = try #require(file["id"]?.string)
                for input in [id, trap.url, "../\(id)", "file://\(id)"] {
                    let order = #"""
                        {"input_file_id":"\#(input)","endpoint":"\#(Self.target)","completion_window":"24h",
                        "metadata":{"webhook":"\#(trap.url)"},"webhook":"\#(trap.url)"}
                        """#
                    let ordered = try await provider.app.send("POST", "/v1/batches", body: order)
                    #expect((ordered.status == 200) == (input == id), "\(ordered.body)")
                    guard input == id else { continue }
                    let name = try #require(try JSONDocument(Array(ordered.body.utf8))["id"]?.string)
                    try await end(of: name, provider.app)
                }
            }
        }
    }
}

/// A server that nobody is to connect to.
private struct Trap {
    let url: String

    /// Lends a trap; fails the test when somebody has connected to it.
    static func run(_ body: (Trap) async throws -> Void) async throws {
        let connections = AsyncStream.makeStream(of: Void.self)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                connections.continuation.yield()
                return channel.close()
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        do { try await body(Trap(url: "http://127.0.0.1:\(port)")) } catch {
            try await channel.close()
            throw error
        }
        // The connection that is our own shows that others would have been seen.
        let own = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port).get()
        try? await own.closeFuture.get()
        try await channel.close()
        connections.continuation.finish()
        var count = 0
        for await _ in connections.stream { count += 1 }
        #expect(count == 1)
    }
}
