import AurelisJSON
import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Cache: streams put together")
struct CompletionAssemblerTests {
    private func assembled(_ chunks: [String]) throws -> JSONDocument {
        var assembler = CompletionAssembler()
        for chunk in chunks { assembler.append(try JSONDocument(chunk, limits: .response)) }
        return try assembler.completion()
    }

    @Test("pieces of text join to the message, with finish reason and usage")
    func text() throws {
        var assembler = CompletionAssembler()
        for event in try ScriptedAnswer.events("one two three") {
            if let chunk = event.chunk { assembler.append(chunk) }
        }
        let document = try assembler.completion()
        #expect(document["object"]?.string == "chat.completion")
        #expect(document["id"]?.string == "chatcmpl-scripted")
        let choice = document["choices"]?[0]
        #expect(choice?["message"]?["role"]?.string == "assistant")
        #expect(choice?["message"]?["content"]?.string == "one two three")
        #expect(choice?["finish_reason"]?.string == "stop")
        #expect(document["usage"]?["completion_tokens"]?.int == 3)
        #expect(AnswerVerdict.refusal(of: document, operation: .chatCompletion) == nil)
    }

    @Test("tool calls are gathered by their index, arguments joined, ids kept")
    func toolCalls() throws {
        let document = try assembled([
            #"{"choices":[{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"look","arguments":""}}]}}]}"#,
            #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"call_2","type":"function","function":{"name":"go","arguments":"{}"}}]}}]}"#,
            #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"where\":"}}]}}]}"#,
            #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"here\"}"}}]}}]}"#,
            #"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#,
        ])
        let message = document["choices"]?[0]?["message"]
        #expect(message?["content"]?.isNull == true)
        let calls = message?["tool_calls"]
        #expect(calls?[0]?["id"]?.string == "call_1")
        #expect(calls?[0]?["index"] == nil)
        #expect(calls?[0]?["function"]?["name"]?.string == "look")
        #expect(calls?[0]?["function"]?["arguments"]?.string == #"{"where":"here"}"#)
        #expect(calls?[1]?["function"]?["name"]?.string == "go")
        #expect(AnswerVerdict.refusal(of: document, operation: .chatCompletion) == nil)
    }

    @Test("several choices come in the order of their index")
    func choices() throws {
        let document = try assembled([
            #"{"choices":[{"index":1,"delta":{"content":"b"}}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":"a"}}]}"#,
            #"{"choices":[{"index":1,"delta":{"content":"B"},"finish_reason":"stop"}]}"#,
        ])
        #expect(document["choices"]?[0]?["message"]?["content"]?.string == "a")
        #expect(document["choices"]?[1]?["message"]?["content"]?.string == "bB")
        #expect(document["choices"]?[0]?["finish_reason"]?.isNull == true)
    }

    @Test("a character that two chunks share is whole again")
    func surrogates() throws {
        let document = try assembled([
            #"{"choices":[{"index":0,"delta":{"content":"\ud83d"}}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":"\ude00"}}]}"#,
        ])
        #expect(document["choices"]?[0]?["message"]?["content"]?.string == "😀")
    }

    @Test("fields that Aurelis does not know are joined too")
    func unknownFields() throws {
        let document = try assembled([
            #"{"choices":[{"index":0,"delta":{"reasoning_content":"be"},"logprobs":{"content":[{"token":"a"}]}}]}"#,
            #"{"choices":[{"index":0,"delta":{"reasoning_content":"cause"},"logprobs":{"content":[{"token":"b"}]}}]}"#,
        ])
        let choice = document["choices"]?[0]
        #expect(choice?["message"]?["reasoning_content"]?.string == "because")
        #expect(choice?["logprobs"]?["content"]?[1]?["token"]?.string == "b")
    }

    @Test("an answer as events and put together again says the same")
    func thereAndBack() throws {
        let document = try JSONDocument(ScriptedAnswer.completion("hello \"world\"\n"))
        var assembler = CompletionAssembler()
        for event in try WholeAnswerStream.events(of: document) {
            if let chunk = event.chunk { assembler.append(chunk) }
        }
        let again = try assembler.completion()
        #expect(again["choices"]?[0]?["message"]?["content"]?.string == "hello \"world\"\n")
        #expect(again["usage"]?.description == document["usage"]?.description)
        #expect(again["choices"]?[0]?["finish_reason"]?.string == "stop")
    }

    @Test("a whole answer as events keeps what nobody knows, and tells its usage once", arguments: [true, false])
    func unknownMembers(includesUsage: Bool) throws {
        let document = try JSONDocument(
            #"{"id":"c","object":"chat.completion","system_fingerprint":"fp","x_extra":{"a":1},"usage":{"prompt_tokens":1,"completion_tokens":2},"choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"logprobs":{"content":[{"token":"hi","logprob":-0.5}]},"content_filter_results":{"hate":false},"finish_reason":"stop"}]}"#
        )
        var assembler = CompletionAssembler()
        var usages = 0
        for event in try WholeAnswerStream.events(of: document, includesUsage: includesUsage) {
            guard let chunk = event.chunk else { continue }
            assembler.append(chunk)
            if chunk["usage"] != nil { usages += 1 }
            #expect((chunk["choices"]?[0] == nil) == (includesUsage && chunk["usage"] != nil))
        }
        #expect(usages == 1)
        let again = try assembler.completion()
        for name in ["id", "system_fingerprint", "x_extra", "usage"] {
            #expect(again[name]?.description == document[name]?.description)
        }
        let (choice, original) = (again["choices"]?[0], document["choices"]?[0])
        #expect(choice?["logprobs"]?.description == original?["logprobs"]?.description)
    }
}

@Suite("Cache: what is not kept")
struct AnswerVerdictTests {
    static let cases: [(String, AnswerVerdict?)] = [
        (#"{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}"#, nil),
        (#"{"choices":[{"message":{"content":"hi"},"finish_reason":"length"}]}"#, .truncated),
        (#"{"choices":[{"message":{"content":"hi"},"finish_reason":"content_filter"}]}"#, .filtered),
        (#"{"choices":[{"message":{"content":null,"refusal":"no"},"finish_reason":"stop"}]}"#, .filtered),
        (#"{"choices":[{"message":{"content":""},"finish_reason":"stop"}]}"#, .empty),
        (#"{"choices":[]}"#, .empty),
        (#"{"choices":[{"message":{"content":"hi"},"finish_reason":null}]}"#, .unfinished),
        (#"{"choices":[{"message":{"content":"hi"}}]}"#, .unfinished),
        (
            #"{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"},{"message":{"content":"h"},"finish_reason":"length"}]}"#,
            .truncated
        ),
        (
            #"{"choices":[{"message":{"tool_calls":[{"function":{"name":"f","arguments":"{\"a\":1}"}}]},"finish_reason":"tool_calls"}]}"#,
            nil
        ),
        (
            #"{"choices":[{"message":{"tool_calls":[{"function":{"name":"f","arguments":"{\"a\":"}}]},"finish_reason":"tool_calls"}]}"#,
            .toolError
        ),
        (
            #"{"choices":[{"message":{"content":null,"tool_calls":[]},"finish_reason":"tool_calls"}]}"#, .empty
        ),
    ]

    @Test("only a finished answer with something in it is kept", arguments: cases)
    func verdict(json: String, expected: AnswerVerdict?) throws {
        #expect(AnswerVerdict.refusal(of: try JSONDocument(json), operation: .chatCompletion) == expected)
    }
}
