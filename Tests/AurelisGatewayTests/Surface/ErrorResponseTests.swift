import Aurelis
import AurelisJSON
import NIOCore
import Testing

@testable import AurelisGateway

@Suite("Error answers")
struct ErrorResponseTests {
    private static func make(_ error: ModelError) -> Response { ErrorResponse.make(error, requestID: .next()) }

    private static func head(_ response: Response) -> String {
        var buffer = ByteBuffer()
        let framing = ResponseHead.Framing.length(response.body.count)
        response.head.write(to: &buffer, framing: framing, connection: .keep, date: StaticDate(secondsSince1970: 0))
        return String(buffer: buffer)
    }

    @Test(
        "each category has its status",
        arguments: [
            (.authentication, nil, 401), (.permission, nil, 403), (.rateLimit, nil, 429), (.quota, nil, 429),
            (.invalidRequest, nil, 400), (.invalidRequest, 422, 422), (.invalidRequest, 500, 400),
            (.contextLength, nil, 413), (.contextLength, 400, 400), (.contextLength, 413, 413),
            (.contentFilter, nil, 400), (.modelUnavailable, nil, 404), (.modelUnavailable, 503, 503),
            (.retired, nil, 410), (.timeout, nil, 504), (.connection, nil, 502), (.upstream, nil, 502),
            (.upstream, 500, 500), (.upstream, 529, 529), (.upstream, 200, 502), (.cancelled, nil, 499),
            (.security, nil, 403), (.overloaded, nil, 503), (.init(rawValue: "of tomorrow"), nil, 500),
        ] as [(ModelError.Category, Int?, Int)]
    )
    func status(category: ModelError.Category, upstream: Int?, status: Int) throws {
        var error = ModelError(category, "a \"quoted\" reason", hint: "do this")
        error.status = upstream
        error.parameter = "messages"
        let response = Self.make(error)
        #expect(response.head.status == status)
        let body = try JSONDocument(response.body)["error"]
        #expect(body?["message"]?.string == "a \"quoted\" reason (do this)")
        #expect(body?["type"]?.string?.isEmpty == false)
        #expect(body?["param"]?.string == "messages")
        #expect(body?["code"]?.string == category.rawValue)
    }

    @Test("a model that is unavailable for a while is 503")
    func temporarilyUnavailable() {
        var error = ModelError(.modelUnavailable, "loading")
        error.retryAfter = .milliseconds(2_500)
        #expect(Self.make(error).head.status == 503)
    }

    @Test("a wait is said in whole seconds, rounded up, and in milliseconds")
    func retryAfter() {
        var error = ModelError(.rateLimit, "slow down")
        error.retryAfter = .milliseconds(1_001)
        let head = Self.head(Self.make(error))
        #expect(head.hasPrefix("HTTP/1.1 429 Too Many Requests\r\n"))
        #expect(head.contains("\r\nretry-after: 2\r\n"))
        #expect(head.contains("\r\nretry-after-ms: 1001\r\n"))
        #expect(!head.contains("x-should-retry"))
    }

    @Test("overload says when to come back, and a day's limit asks not to")
    func advice() {
        #expect(Self.head(Self.make(ModelError(.overloaded, "full"))).contains("\r\nretry-after: 1\r\n"))
        var day = ModelError(.rateLimit, "50 per day")
        day.limit = .day
        #expect(Self.head(Self.make(day)).contains("\r\nx-should-retry: false\r\n"))
    }

    @Test(
        "a provider's error body gets what it lacks of OpenAI's shape, and keeps all else byte for byte",
        arguments: [
            (
                #"{ "error":{"code":"RateLimitReached" ,"message":"wait","details":null} }"#,
                #"{ "error":{"code":"RateLimitReached" ,"message":"wait","details":null,"type":"invalid_request_error","param":"model"} }"#
            ),
            (
                #"{"error":{}, "x":1}"#,
                #"{"error":{"message":"no","type":"invalid_request_error","param":"model","code":"invalid_request"}, "x":1}"#
            ),
            (
                #"{"error":{"message":"m","type":null,"param":null,"code":7}}"#,
                #"{"error":{"message":"m","type":null,"param":null,"code":7}}"#
            ),
            (
                #"{"error":"text"}"#,
                #"{"error":{"message":"no","type":"invalid_request_error","param":"model","code":"invalid_request"}}"#
            ),
        ]
    )
    func shape(body: String, expected: String) {
        var error = ModelError(.invalidRequest, "no")
        error.status = 400
        error.parameter = "model"
        error.body = Array(body.utf8)
        #expect(String(decoding: Self.make(error).body, as: UTF8.self) == expected)
        #expect(String(decoding: ErrorResponse.event(error), as: UTF8.self) == "data: \(expected)\n\n")
    }

    @Test("a provider's own error passes with its status and our fields")
    func providersBody() {
        let body = Array(
            #"{ "error":{"code":"RateLimitReached" ,"message":"wait","details":null,"type":"t","param":null} }"#.utf8
        )
        var error = ModelError(.quota, "budget", hint: "ask for more")
        error.status = 403
        error.body = body
        error.model = .gpt4o
        error.provider = "github-models"
        error.trace = RouteTrace()
        let response = Self.make(error)
        #expect(response.head.status == 403)
        #expect(response.body == body)
        let head = Self.head(response)
        #expect(head.contains("\r\nx-aurelis-provider: github-models\r\n"))
        #expect(head.contains("\r\nx-aurelis-model: gpt-4o\r\n"))
        #expect(head.contains("\r\nx-aurelis-hint: ask for more\r\n"))
    }

    @Test(
        "a provider's answer that is no error document is replaced by ours",
        arguments: ["<html>Bad Gateway</html>", "", "[]", #"{"message":"no error member"}"#, #"{"error":"#]
    )
    func notADocument(body: String) throws {
        var error = ModelError(.upstream, "not JSON")
        error.status = 502
        error.body = Array(body.utf8)
        let response = Self.make(error)
        #expect(response.head.status == 502)
        #expect(try JSONDocument(response.body)["error"]?["message"]?.string == "not JSON")
    }

    @Test("a refused credential is told to be the gateway's")
    func credential() {
        var error = ModelError(.authentication, "Bad credentials")
        error.status = 401
        error.provider = "openai"
        error.body = Array(#"{"error":{"message":"Bad credentials"}}"#.utf8)
        let response = Self.make(error)
        #expect(response.head.status == 401)
        #expect(Self.head(response).contains("x-aurelis-hint: the credential the gateway uses for provider openai"))
    }

    @Test("what is the operator's business is in no answer")
    func detail() {
        var error = ModelError(.authentication, "no credential", code: "credential_missing", hint: "set KEY")
        error.detail = "looked at: /home/me/key"
        let response = Self.make(error)
        let texts = [Self.head(response), String(decoding: response.body, as: UTF8.self)]
        let event = String(decoding: ErrorResponse.event(error), as: UTF8.self)
        #expect((texts + [event]).allSatisfy { !$0.contains("/home/me") })
    }

    @Test("an event holds the error on one line")
    func event() {
        var error = ModelError(.upstream, "line\nbreak")
        error.body = Array("{\"error\":{\n\"message\":\"x\"}}".utf8)
        let event = String(decoding: ErrorResponse.event(error), as: UTF8.self)
        #expect(event.hasPrefix(#"data: {"error":{"message":"line\nbreak""#))
        #expect(event.hasSuffix("}}\n\n"))
        #expect(event.filter { $0 == "\n" }.count == 2)
    }

    @Test("text from outside cannot end or forge a field, and no field grows without bound")
    func sanitised() {
        var error = ModelError(.upstream, "x")
        error.provider = "evil\r\nset-cookie: a=b\u{1F600}"
        error.hint = String(repeating: "h", count: 10_000)
        error.body = Array(#"{"error":{}}"#.utf8)
        error.status = 500
        let head = Self.head(Self.make(error))
        #expect(!head.contains("\r\nset-cookie"))
        #expect(head.contains("x-aurelis-provider: evil??set-cookie: a=b????\r\n"))
        #expect(head.utf8.count < 1_200)
    }
}
