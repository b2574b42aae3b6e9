import NIOCore
import Testing

@testable import AurelisTransport

@Suite("Requests on the wire")
struct EncodedRequestTests {
    private func encode(
        _ method: String = "GET",
        target: String = "/",
        headers: HTTPHeaderList = [:],
        body: String = ""
    ) throws -> EncodedRequest {
        let origin = try HTTPOrigin(parsing: "https://api.example.com")
        let request = HTTPClientRequest(
            method: method,
            origin: origin,
            target: target,
            headers: headers,
            body: Array(body.utf8)
        )
        return try EncodedRequest(request, userAgent: "Aurelis/1")
    }

    private func lines(_ request: EncodedRequest) -> [String] {
        String(buffer: request.start).split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test("a request that a proxy is to pass on names its server, and brings the proxy's credentials")
    func throughProxy() throws {
        let request = HTTPClientRequest(
            method: "GET",
            origin: try HTTPOrigin(parsing: "http://api.example.com:8080"),
            target: "/v1/models?x=1"
        )
        let proxy = try ProxyServer(parsing: "http://u:p@proxy")
        let head = lines(try EncodedRequest(request, userAgent: "Aurelis/1", through: proxy))
        #expect(head[0] == "GET http://api.example.com:8080/v1/models?x=1 HTTP/1.1")
        #expect(head[1] == "Host: api.example.com:8080")
        #expect(head.contains("Proxy-Authorization: Basic dTpw"))
    }

    @Test("host, agent, codings and length are the client's to set")
    func defaults() throws {
        #expect(
            try lines(encode("POST", target: "/v1?a=b", headers: ["Authorization": "Bearer x"], body: "abc")) == [
                "POST /v1?a=b HTTP/1.1", "Host: api.example.com", "Authorization: Bearer x", "User-Agent: Aurelis/1",
                "Accept-Encoding: gzip, deflate", "Content-Length: 3", "", "abc",
            ]
        )
    }

    @Test(
        "an empty body has a length only where one is expected",
        arguments: [("GET", false), ("POST", true), ("PUT", true), ("DELETE", false)]
    )
    func emptyBody(method: String, hasLength: Bool) throws {
        #expect(try lines(encode(method)).contains("Content-Length: 0") == hasLength)
    }

    @Test(
        "framing and hop-by-hop fields of the caller are left out",
        arguments: [
            "Host", "content-length", "Transfer-Encoding", "CONNECTION", "keep-alive", "TE", "Trailer", "Upgrade",
            "Expect", "Proxy-Connection",
        ]
    )
    func ownedFields(name: String) throws {
        let found = try lines(encode(headers: [name: "evil", "Kept": "x"]))
        #expect(!found.contains { $0.contains("evil") })
        #expect(found.contains("Kept: x"))
    }

    @Test("the caller's own agent and codings win")
    func overrides() throws {
        let found = try lines(encode(headers: ["user-agent": "me", "accept-encoding": "identity"]))
        #expect(
            found == ["GET / HTTP/1.1", "Host: api.example.com", "user-agent: me", "accept-encoding: identity", "", ""]
        )
    }

    @Test(
        "a value, name, method or target that would break the framing is refused",
        arguments: [
            ("GET", "/", "x", "a\r\nb: c"), ("GET", "/", "x", "a\nb"), ("GET", "/", "x", "a\0"),
            ("GET", "/", "x y", "a"),
            ("GET", "/", "", "a"), ("GET", "/", "x:", "a"), ("GET", "/", "é", "a"), ("GET", "/", "x\r\n", "a"),
            ("GET X", "/", "x", "a"), ("", "/", "x", "a"), ("CONNECT", "/", "x", "a"), ("GET", "", "x", "a"),
            ("GET", "/a b", "x", "a"),
            ("GET", "/\r\nx", "x", "a"), ("GET", "http://elsewhere/", "x", "a"), ("GET", "/é", "x", "a"),
        ]
    )
    func injection(method: String, target: String, name: String, value: String) {
        #expect { try encode(method, target: target, headers: [name: value]) } throws: {
            ($0 as? TransportError)?.code == .invalidRequest
        }
    }

    @Test("a refused value is not repeated in the error")
    func noLeak() {
        #expect { try encode(headers: ["authorization": "secret\n"]) } throws: { !"\($0)".contains("secret") }
    }

    @Test("only methods that may be repeated are idempotent")
    func idempotence() throws {
        let idempotent = try ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "POST", "PATCH", "QUERY"].filter {
            try encode($0).isIdempotent
        }
        #expect(idempotent == ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"])
    }
}

@Suite("Origins")
struct HTTPOriginTests {
    @Test(
        "a base URL is an origin and a path",
        arguments: [
            ("https://api.example.com", "https", "api.example.com", 443, "api.example.com", ""),
            ("https://API.Example.com/v1/", "https", "api.example.com", 443, "api.example.com", "/v1"),
            ("http://localhost:11434/v1", "http", "localhost", 11434, "localhost:11434", "/v1"),
            ("http://[::1]:8080//", "http", "::1", 8080, "[::1]:8080", ""),
            ("HTTPS://h:443/a/b", "https", "h", 443, "h", "/a/b"),
        ]
    )
    func split(url: String, scheme: String, host: String, port: Int, authority: String, path: String) throws {
        let (origin, basePath) = try HTTPOrigin.split(url)
        #expect(origin.scheme.rawValue == scheme)
        #expect(origin.host == host)
        #expect(origin.port == port)
        #expect(origin.authority == authority)
        #expect(basePath == path)
    }

    @Test(
        "what is no base URL is refused, without repeating it",
        arguments: [
            "", "example.com", "ftp://x", "https://", "https:///v1", "https://user:secret@x", "https://x:0",
            "https://x:65536",
            "https://x:8o", "https://x:", "https://a b", "https://x?secret", "https://x#secret", "https://[::1",
            "https://[::1]x",
            "https://[x]", "https://ex%41mple", "https://x\\@y", "https://bücher.example", "https://a\nb",
        ]
    )
    func refused(url: String) {
        #expect { try HTTPOrigin(parsing: url) } throws: { error in
            (error as? TransportError)?.code == .invalidURL && !"\(error)".contains("secret")
        }
    }

    @Test(
        "an address is told from a name",
        arguments: [("127.0.0.1", true), ("::1", true), ("a.example", false), ("10.example", false)]
    )
    func addresses(host: String, isAddress: Bool) {
        #expect(HTTPOrigin(scheme: .https, host: host).isAddress == isAddress)
    }
}
