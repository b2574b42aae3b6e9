import AurelisJSON
import Testing

@testable import AurelisSimulator

@Suite("Chat answers")
struct ChatAnswerTests {
    @Test("the same request and seed give the same bytes, another seed others")
    func determinism() throws {
        let body = Sample.chat("openai/gpt-4o", "Explain how a circuit breaker works.")
        let first = try #require(interpret(body, seed: 1).answer)
        #expect(first.document == interpret(body, seed: 1).answer?.document)
        #expect(first.document != interpret(body, seed: 2).answer?.document)
        #expect(first.choices[0].content != interpret(body, seed: 2).answer?.choices[0].content)
    }

    @Test("the path does not change an answer, nor does streaming change its text")
    func sameEverywhere() throws {
        let current = try #require(interpret(Sample.chat("openai/gpt-4o")).answer)
        let legacy = try #require(interpret(Sample.chat("gpt-4o"), on: .legacy).answer)
        #expect(current.document == legacy.document)
        let stream = try #require(interpret(Sample.chat("openai/gpt-4o", stream: true)).answer)
        #expect(stream.identity == current.identity)
        let pieces = stream.events.compactMap { event in
            (try? JSONDocument(event.data))?["choices"]?[0]?["delta"]?["content"]?.string
        }
        #expect(pieces.count > 3)
        #expect(pieces.joined() == current.choices[0].content)
    }

    @Test(
        "the answer says that it is simulated, and by which model",
        arguments: ModelCatalog.portfolio.indices.dropLast(2)
    )
    func honesty(index: Int) throws {
        let model = ModelCatalog.portfolio[index]
        for question in ["Hello", "Write a Rust function", "Explain caching", "What is the best colour?"] {
            let text = try #require(interpret(Sample.chat(model.id, question)).text)
            let start = text.split(separator: "\n").prefix(2).joined(separator: "\n").lowercased()
            #expect(start.contains("simulated answer by \(model.id)"))
        }
    }

    @Test(
        "code is asked for in a language and given in it",
        arguments: [
            ("Write a Swift tokenizer", "```swift", "func wordCounts"),
            ("implement fibonacci in Python", "```python", "def fibonacci"),
            ("TypeScript function for binary search", "```javascript", "function position"),
            ("golang fibonacci", "```go", "func Fibonacci"), ("a rust parser", "```rust", "fn word_counts"),
            ("Java class to search", "```java", "static OptionalInt position"),
        ]
    )
    func code(question: String, fence: String, function: String) throws {
        let text = try #require(interpret(Sample.chat("mistral-ai/codestral-2501", question)).text)
        #expect(text.contains(fence))
        #expect(text.contains(function))
    }

    @Test("usage adds up and counts the answer's own tokens")
    func usage() throws {
        let document = try JSONDocument(try #require(interpret(Sample.chat()).answer).document)
        let usage = try #require(document["usage"])
        let content = try #require(document["choices"]?[0]?["message"]?["content"]?.string)
        #expect(usage["completion_tokens"]?.int == SimpleTokenizer.count(content))
        #expect(usage["total_tokens"]?.int == usage["prompt_tokens"]!.int! + usage["completion_tokens"]!.int!)
    }

    @Test("the reply's model is the dated bare name")
    func datedName() throws {
        let document = try JSONDocument(try #require(interpret(Sample.chat("openai/gpt-4o")).answer).document)
        #expect(document["model"]?.string == "gpt-4o-2024-11-20")
        #expect(document["object"]?.string == "chat.completion")
        #expect(document["choices"]?[0]?["content_filter_results"]?["hate"]?["filtered"]?.bool == false)
    }

    @Test("a limit on tokens ends the answer there", arguments: ["max_tokens", "max_completion_tokens"])
    func length(field: String) throws {
        let answer = try #require(interpret(Sample.chat(more: #","\#(field)":3"#)).answer)
        #expect(answer.choices[0].finishReason == "length")
        #expect(answer.completionTokens == 3)
        #expect(answer.choices[0].content == "Simulated answer")
    }

    @Test("a stop sequence ends the answer before it", arguments: [#"["answer","zzz"]"#, #""answer""#])
    func stop(value: String) throws {
        let answer = try #require(interpret(Sample.chat(more: #","stop":\#(value)"#)).answer)
        #expect(answer.choices[0].content == "Simulated ")
        #expect(answer.choices[0].finishReason == "stop")
    }

    @Test("several choices differ and are numbered")
    func choices() throws {
        let answer = try #require(interpret(Sample.chat("openai/gpt-4o", "Tell me something", more: #","n":3"#)).answer)
        let document = try JSONDocument(answer.document)
        #expect(document["choices"]?.elements.compactMap { $0["index"]?.int } == [0, 1, 2])
        #expect(Set(answer.choices.compactMap(\.content)).count == 3)
    }

    @Test("a request's own seed chooses another answer, the same one each time")
    func requestSeed() {
        let texts = (1...6).map {
            interpret(Sample.chat("openai/gpt-4o", "Tell me something", more: #","seed":\#($0)"#)).text
        }
        #expect(Set(texts).count > 1)
        #expect(texts[2] == interpret(Sample.chat("openai/gpt-4o", "Tell me something", more: #","seed":3"#)).text)
    }

    @Test("an answer of a wanted length, cut to the plan's limit")
    func wantedLength() throws {
        let short = try #require(interpret(Sample.chat("openai/gpt-4o", "[simulate:length=700] go on")).answer)
        #expect(short.completionTokens == 700)
        #expect(short.choices[0].finishReason == "stop")
        let long = try #require(interpret(Sample.chat("openai/gpt-4o", "[simulate:length=9000] go on")).answer)
        #expect(long.completionTokens == 4_000)
        #expect(long.choices[0].finishReason == "length")
    }

    @Test("log probabilities are there when asked for, never above zero, best first")
    func logprobs() throws {
        let body = Sample.chat("openai/gpt-4o", more: #","logprobs":true,"top_logprobs":3"#)
        let answer = try #require(interpret(body).answer)
        let content = try #require(try JSONDocument(answer.document)["choices"]?[0]?["logprobs"]?["content"])
        #expect(content.elements.compactMap { $0["token"]?.string }.joined() == answer.choices[0].content)
        for token in content.elements {
            #expect(try #require(token["logprob"]?.double) <= 0)
            let top = try #require(token["top_logprobs"]).elements.compactMap { $0["logprob"]?.double }
            #expect(top.count == 3 && top == top.sorted(by: >))
        }
        #expect(
            try JSONDocument(try #require(interpret(Sample.chat()).answer).document)["choices"]?[0]?["logprobs"]?.isNull
                == true
        )
    }

    @Test("the output filter stops an answer in its middle")
    func outputFilter() throws {
        let answer = try #require(interpret(Sample.chat("openai/gpt-4o", "[simulate:output_filter] tell me")).answer)
        #expect(answer.choices[0].finishReason == "content_filter")
        let document = try JSONDocument(answer.document)
        #expect(document["choices"]?[0]?["content_filter_results"]?["violence"]?["filtered"]?.bool == true)
    }

    @Test("a reasoning model's thoughts come apart from its answer")
    func reasoning() throws {
        let answer = try #require(interpret(Sample.chat("openai/o3-mini", "[simulate:reasoning] why?")).answer)
        let message = try #require(try JSONDocument(answer.document)["choices"]?[0]?["message"])
        #expect(message["reasoning_content"]?.string?.isEmpty == false)
        #expect(answer.events.contains { String(decoding: $0.data, as: UTF8.self).contains("reasoning_content") })
    }
}

@Suite("Prefill")
struct PrefillTests {
    private func continuing(_ prefix: String, model: String = "mistral-ai/mistral-large") throws -> Interpretation {
        var json = JSONWriter()
        json.object { json in
            json.field("model", model)
            json.key("messages")
            json.array(of: [("user", "Tell me something"), ("assistant", prefix)]) { json, message in
                json.field("role", message.0)
                json.field("content", message.1)
            }
        }
        return interpret(String(decoding: json.bytes, as: UTF8.self))
    }

    @Test("a Mistral model continues exactly where its own text was cut, wherever that is")
    func ownText() throws {
        let whole = try #require(interpret(Sample.chat("mistral-ai/mistral-large", "Tell me something")).text)
        for length in stride(from: 1, through: whole.utf8.count, by: 17) {
            let prefix = String(decoding: whole.utf8.prefix(length), as: UTF8.self)
            #expect(try continuing(prefix).text == String(decoding: whole.utf8.dropFirst(length), as: UTF8.self))
        }
    }

    @Test("another model's text is continued with something")
    func otherText() throws {
        #expect(try continuing("These are the words of another model, and").text?.isEmpty == false)
        #expect(try continuing(String(repeating: "very long words ", count: 500)).text == " That is all.")
    }

    @Test(
        "other models refuse it",
        arguments: ["openai/gpt-4o", "cohere/cohere-command-r", "meta/meta-llama-3.1-70b-instruct"]
    )
    func refused(model: String) throws {
        let refusal = try #require(try continuing("Once", model: model).refusal)
        #expect(refusal.status == 400)
        #expect(refusal.text.contains("prefill"))
    }
}

@Suite("Tools and formats")
struct ToolAndFormatTests {
    private static let weather = """
        {"type":"function","function":{"name":"get_weather","parameters":{"type":"object",
        "properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["city"]}}}
        """
    private static let clock = #"{"type":"function","function":{"name":"get_time"}}"#

    private func ask(_ more: String, question: String = "What now?") throws -> ChatAnswer.Choice {
        try #require(interpret(Sample.chat("openai/gpt-4o", question, more: more)).answer?.choices.first)
    }

    @Test("a tool is called with arguments that its schema requires", arguments: ["", #","tool_choice":"required""#])
    func call(choice: String) throws {
        let answer = try ask(#","tools":[\#(Self.weather)]"# + choice)
        let call = try #require(answer.toolCall)
        #expect(answer.finishReason == "tool_calls")
        #expect(call.name == "get_weather")
        #expect(try JSONDocument(call.arguments).root.members.map(\.key) == ["city"])
    }

    @Test("the choice of tools is obeyed")
    func choice() throws {
        let tools = #","tools":[\#(Self.weather),\#(Self.clock)]"#
        #expect(try ask(tools + #","tool_choice":"none""#).content?.isEmpty == false)
        let named = #","tool_choice":{"type":"function","function":{"name":"get_time"}}"#
        #expect(try ask(tools + named).toolCall?.name == "get_time")
        #expect(try ask(tools, question: "use get_time please").toolCall?.name == "get_time")
        #expect(try ask(tools).toolCall?.arguments == #"{"city":"Paris"}"#)
    }

    @Test("after a tool's result the model answers in words")
    func result() throws {
        let body = """
            {"model":"openai/gpt-4o","tools":[\(Self.weather)],"messages":[{"role":"user","content":"Weather?"},
            {"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"get_weather","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"a","content":"21"}]}
            """
        #expect(interpret(body).answer?.choices.first?.toolCall == nil)
        #expect(interpret(body).text?.isEmpty == false)
    }

    @Test("JSON mode gives an object, and OpenAI's models want the word in the prompt")
    func jsonMode() throws {
        let format = #","response_format":{"type":"json_object"}"#
        let answer = try ask(format, question: "Answer in JSON")
        #expect(try JSONDocument(try #require(answer.content))["simulated"]?.bool == true)
        #expect(interpret(Sample.chat("openai/gpt-4o", "Answer", more: format)).refusal?.status == 400)
        #expect(interpret(Sample.chat("mistral-ai/mistral-nemo", "Answer", more: format)).refusal == nil)
    }

    @Test("a JSON schema is filled whole")
    func jsonSchema() throws {
        let schema =
            #"{"type":"object","properties":{"name":{"type":"string"},"steps":{"type":"array","items":{"type":"string"}}},"required":["name","steps"],"additionalProperties":false}"#
        let format = #","response_format":{"type":"json_schema","json_schema":{"name":"recipe","schema":\#(schema)}}"#
        let value = try JSONDocument(try #require(try ask(format).content))
        #expect(value["name"]?.string != nil)
        #expect(value["steps"]?[0]?.string != nil)
    }
}
