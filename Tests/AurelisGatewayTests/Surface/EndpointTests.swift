import Aurelis
import NIOHTTP1
import Testing

@testable import AurelisGateway

@Suite("Endpoints")
struct EndpointTests {
    @Test(
        "method and target find their endpoint",
        arguments: [
            (.POST, "/v1/chat/completions", .call(.chatCompletion)),
            (.POST, "/v1/responses", .createResponse),
            (.GET, "/v1/responses", .methodNotAllowed(allow: "POST, OPTIONS")),
            (.HEAD, "/v1/responses", .methodNotAllowed(allow: "POST, OPTIONS")),
            (.GET, "/v1/responses/resp_1", .notFound(path: "/v1/responses/resp_1")),
            (.POST, "/v1/models", .methodNotAllowed(allow: "GET, HEAD, OPTIONS")),
            (.POST, "/v1/embeddings?x=/", .call(.embedding)),
            (.POST, "/orgs/a/inference/embeddings", .call(.embedding)),
            (.POST, "/orgs//inference/embeddings", .notFound(path: "/orgs//inference/embeddings")),
            (.POST, "/orgs/a/b/inference/embeddings", .notFound(path: "/orgs/a/b/inference/embeddings")),
            (.GET, "/v1/models", .models),
            (.GET, "/v1/models/", .notFound(path: "/v1/models/")),
            (.GET, "/v1/models/a/b", .model("a/b")),
            (.GET, "/v1/models/a%2Fb%20c", .model("a/b c")),
            (.GET, "/v1/models/a%2", .notFound(path: "/v1/models/a%2")),
            (.GET, "/v1/models/a%zz", .notFound(path: "/v1/models/a%zz")),
            (.GET, "/v1/models/%ff", .notFound(path: "/v1/models/%ff")),
            (.HEAD, "/models", .catalog),
            (.GET, "/catalog/models", .catalog),
            (.GET, "/health/live", .live),
            (.GET, "/health/ready", .ready),
            (.GET, "http://host:1/health/ready?x", .ready),
            (.GET, "http://host", .notFound(path: "/")),
            (.GET, "http://host?q", .notFound(path: "")),
            (.GET, "/health/live/", .notFound(path: "/health/live/")),
            (.GET, "/V1/models", .notFound(path: "/V1/models")),
            (.GET, "/chat/completions", .methodNotAllowed(allow: "POST, OPTIONS")),
            (.TRACE, "/v1/models", .methodNotAllowed(allow: "GET, HEAD, OPTIONS")),
            (.CONNECT, "host:1", .notFound(path: "host:1")),
            (.OPTIONS, "*", .options(allow: "GET, HEAD, POST, OPTIONS")),
            (.OPTIONS, "/v1/models", .options(allow: "GET, HEAD, OPTIONS")),
            (.OPTIONS, "/nowhere", .notFound(path: "/nowhere")),
        ] as [(HTTPMethod, String, Endpoint)]
    )
    func endpoint(method: HTTPMethod, target: String, endpoint: Endpoint) {
        #expect(Endpoint(method: method, target: target) == endpoint)
    }

    @Test(
        "a timeout is seconds or milliseconds, up to an hour",
        arguments: [
            ("30", .seconds(30)), ("30s", .seconds(30)), ("500ms", .milliseconds(500)), ("3600s", .seconds(3_600)),
            ("3600000ms", .seconds(3_600)), ("3601", nil), ("0s", nil), ("-1", nil), ("1.5s", nil), ("s", nil),
            ("", nil), ("1m", nil), (" 1", nil), ("99999999999999999999", nil),
        ] as [(String, Duration?)]
    )
    func timeout(text: String, duration: Duration?) {
        #expect(ModelCall.Options.duration(text) == duration)
    }
}
