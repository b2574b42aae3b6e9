import Aurelis
import AurelisTransport
import Testing

@testable import AurelisProviders

@Suite("Error bodies become one typed error")
struct ErrorClassifierTests {
    /// 2026-11-23 00:00:00 UTC.
    private let now: Int64 = 1_795_392_000

    private func classify(
        _ status: Int,
        _ body: String = "",
        _ headers: HTTPHeaderList = [:],
        hiding secret: Secret? = nil
    ) -> ModelError {
        ErrorClassifier(clock: .fixed(now)).classify(
            status: status,
            headers: headers,
            body: Array(body.utf8),
            hiding: secret
        )
    }

    @Test("of GitHub Models", arguments: ErrorSample.gitHub)
    func gitHub(_ sample: ErrorSample) { check(sample) }

    @Test("of other providers, and of what stands between", arguments: ErrorSample.others)
    func others(_ sample: ErrorSample) { check(sample) }

    private func check(_ sample: ErrorSample) {
        let error = classify(sample.status, sample.body)
        #expect(error.category == sample.category)
        #expect(error.status == sample.status)
        if let code = sample.code { #expect(error.code == code) }
        if let message = sample.message { #expect(error.message == message) }
        #expect(error.parameter == sample.parameter)
        #expect(!error.message.isEmpty)
    }

    @Test("the end of a provider comes with the way out, the end of a model with another")
    func wayOut() {
        let provider = classify(410, #"{"error":{"code":"gone","message":"Gone"}}"#)
        #expect(provider.hint?.contains("aurelis config init --provider openai") == true)
        let model = classify(400, #"{"error":{"code":"model_decommissioned","message":"m"}}"#)
        #expect(model.hint?.contains("aurelis models") == true)
    }

    @Test(
        "a Sunset date in the past explains a failure, but not a refusal by somebody at work",
        arguments: [
            (404, "Thu, 30 Jul 2026 00:00:00 GMT", ModelError.Category.retired),
            (503, "Thu, 30 Jul 2026 00:00:00 GMT", .retired),
            (429, "Thu, 30 Jul 2026 00:00:00 GMT", .rateLimit), (401, "Thu, 30 Jul 2026 00:00:00 GMT", .authentication),
            (503, "Fri, 30 Jul 2027 00:00:00 GMT", .upstream), (503, "soon", .upstream),
        ]
    )
    func sunset(_ status: Int, _ date: String, _ category: ModelError.Category) {
        #expect(classify(status, "", ["Sunset": date]).category == category)
    }

    @Test(
        "the provider's own id of the request is kept for its support",
        arguments: ["x-request-id", "x-ms-request-id", "apim-request-id", "X-GitHub-Request-Id"]
    )
    func requestID(_ field: String) {
        #expect(classify(500, "", [(field, "abc-1")].list).providerRequestID == "abc-1")
    }

    @Test("an error object is kept as it came, to be passed on; anything else, and what is too long, is not")
    func body() {
        let object = #"{"error":{"message":"m","extra":[1, 2]}}"#
        #expect(classify(500, object).body == Array(object.utf8))
        for other in [#"{"error":"text"}"#, #"{"message":"m"}"#, "<html>", "", #"{"error":["a"]}"#] {
            #expect(classify(500, other).body == nil)
        }
        let long = #"{"error":{"message":"\#(String(repeating: "x", count: 20_000))"}}"#
        #expect(classify(500, long).body == nil)
        #expect(classify(500, long).message.count == 501)
    }

    @Test("a credential that the provider repeats is nowhere in the error")
    func redaction() throws {
        let token = ["gh", "p_", "0123456789abcdefghijABCDEFGHIJ", "123456"].joined()
        let secret = Secret(token)
        let bodies = [
            #"{"error":{"code":"\#(token)","message":"Bad token \#(token)!","param":"\#(token)","type":"t"}}"#,
            #"{"error":{"message":"escaped \u0067\#(token.dropFirst())"}}"#,
            "Bearer \(token) was refused", "<html><title>\(token)</title></html>",
            #"{"detail":[{"loc":["\#(token)"],"msg":"\#(token)"}]}"#,
            #"{"error":{"message":"\#(String(repeating: "x", count: 490)) \#(token)"}}"#,
            #"{"error":{"message":"{\"message\":\"\\u0067\#(token.dropFirst())\"}"}}"#,
        ]
        for body in bodies {
            let error = classify(401, body, ["x-request-id": token], hiding: secret)
            let everything = "\(error)\(error.code ?? "")\(error.parameter ?? "")\(error.providerRequestID ?? "")"
            #expect(!everything.contains(token))
            #expect(error.body == nil)
            #expect(error.message == "the provider's explanation is withheld because it repeats the credential")
            #expect(error.category == .authentication)
        }
    }

    @Test("a body that repeats nothing of the credential keeps its words, beside a field that does")
    func redactionOfFields() throws {
        let body = #"{"error":{"message":"no such key","code":"unknown_key"}}"#
        let error = classify(
            401,
            body,
            ["x-request-id": "4Fq9Zt7Lw81QRk77bTxY"],
            hiding: Secret("4Fq9Zt7Lw81QRk77bTxYvAMn0")
        )
        #expect(error.message == "no such key")
        #expect(error.body == Array(body.utf8))
        #expect(error.providerRequestID == nil)
    }

    @Test("no body, however damaged, breaks the classifier or its bounds")
    func fuzz() {
        var random = SeededGenerator(seed: 41)
        let seeds = (ErrorSample.gitHub + ErrorSample.others).map { Array($0.body.utf8) }
        for round in 0..<2_000 {
            var body = seeds[round % seeds.count]
            for _ in 0..<Int.random(in: 1...6, using: &random) where !body.isEmpty {
                let place = Int.random(in: 0..<body.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: body[place] = UInt8.random(in: 0...255, using: &random)
                case 1: body.remove(at: place)
                default: body.insert(contentsOf: body.prefix(place).suffix(9), at: place)
                }
            }
            let error = ErrorClassifier(clock: .fixed(now)).classify(
                status: Int.random(in: 300...599, using: &random),
                headers: [:],
                body: body
            )
            #expect(!error.message.isEmpty)
            #expect(error.message.unicodeScalars.count <= ErrorBody.maximumMessage + 1)
            #expect(!error.message.unicodeScalars.contains { $0.properties.generalCategory == .control })
        }
    }
}

extension [(String, String)] {
    fileprivate var list: HTTPHeaderList { HTTPHeaderList(self) }
}
