import AurelisJSON
import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Batch: the lines of its output")
struct BatchResultTests {
    private static func text(_ result: BatchResult) -> String { String(decoding: result.line, as: UTF8.self) }

    @Test("an answer has the shape that OpenAI's clients read, in one line")
    func answer() throws {
        let request = RequestID.next()
        let body = try JSONDocument("{\"a\":\r\n \"x\\ny\"}")
        let result = BatchResult("one", body, of: request)
        #expect(result.id.hasPrefix("batch_req_"))
        #expect(
            Self.text(result)
                == #"{"id":"\#(result.id)","custom_id":"one","response":{"status_code":200,"request_id":"\#(request)","body":{"a":   "x\ny"}},"error":null}"#
        )
    }

    @Test("a provider's refusal is a response with its status and document")
    func refusal() throws {
        var error = ModelError(.invalidRequest, "no such field", code: "unknown_field")
        error.status = 422
        error.body = Array(#"{"error":{"message":"no such field","own":1}}"#.utf8)
        let result = BatchResult("one", error, of: .next())
        #expect(result.response?.status == 422 && result.error == nil && !result.isAnswered)
        let document = result.response?.body["error"]
        #expect(document?["own"]?.int == 1 && document?["code"]?.string == "unknown_field")
        #expect(result.problem == "no such field")
    }

    @Test("where nobody answered there is an error and no response")
    func failure() {
        let unreachable = BatchResult("one", ModelError(.connection, "refused", code: "connect"), of: .next())
        #expect(unreachable.error == BatchResult.Failure(code: "connect", message: "refused"))
        #expect(unreachable.response == nil && unreachable.problem == "refused")
        let expired = BatchResult(nil, .batchExpired, of: nil)
        #expect(expired.error?.code == "batch_expired")
        #expect(Self.text(expired).contains(#""custom_id":null,"response":null,"error":{"code":"batch_expired""#))
    }

    @Test("a line reads back as the result that was written")
    func roundTrip() throws {
        let body = try JSONDocument(ScriptedAnswer.completion("hello"))
        var refused = ModelError(.rateLimit, "slow down")
        refused.status = 429
        let results = [
            BatchResult("é\"", body, of: .next()), BatchResult("b", refused, of: .next()),
            BatchResult(nil, .batchExpired, of: nil),
        ]
        for result in results {
            let read = try #require(BatchResult(reading: result.line))
            #expect(read.line == result.line)
        }
        #expect(BatchResult(reading: results[0].line)?.content == "hello")
        for text in [
            "", "{}", #"{"id":"x","response":null,"error":null}"#, #"{"id":"x","response":{"status_code":200}}"#,
        ] {
            #expect(BatchResult(reading: Array(text.utf8)) == nil)
        }
    }

    @Test("an equal item's result differs in its names only")
    func shared() throws {
        let result = BatchResult("a", try JSONDocument("{}"), of: .next())
        let other = result.shared(with: "b")
        #expect(other.id != result.id && other.customID == "b")
        #expect(other.response?.requestID == result.response?.requestID)
    }
}
