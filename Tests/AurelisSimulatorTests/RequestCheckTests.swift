import AurelisJSON
import Testing

@testable import AurelisSimulator

@Suite("Refused requests")
struct RequestCheckTests {
    @Test(
        "the platform's bodies, to the letter",
        arguments: [
            (
                Sample.chat("deepseek/deepseek-v3"), Surface.current, SimulatorTier.free, 400,
                #"{"error":{"code":"unknown_model","message":"Unknown model: deepseek/deepseek-v3","details":"Unknown model: deepseek/deepseek-v3"}}"#
            ),
            (
                Sample.chat("gpt-4o"), .current, .free, 404,
                #"{"error":{"code":"unknown_model","message":"Unknown model: /gpt-4o","details":"Unknown model: /gpt-4o"}}"#
            ),
            (
                Sample.chat("openai/gpt-5"), .current, .free, 403,
                #"{"error":{"code":"no_access","message":"No access to model: openai/gpt-5","details":"No access to model: openai/gpt-5"}}"#
            ),
            (
                Sample.chat("gpt-5"), .legacy, .pro, 400,
                #"{"error":{"code":"unavailable_model","message":"Unavailable model: gpt-5"}}"#
            ),
            (
                Sample.chat("openai/gpt-4o"), .legacy, .pro, 400,
                #"{"error":{"code":"unknown_model","message":"Unknown model: openai/gpt-4o","details":"Unknown model: openai/gpt-4o"}}"#
            ),
            (
                Sample.chat("openai/o3-mini", more: #","max_tokens":5"#), .current, .pro, 400,
                #"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}"#
            ),
        ]
    )
    func bodies(body: String, surface: Surface, tier: SimulatorTier, status: Int, expected: String) throws {
        let refusal = try #require(interpret(body, on: surface, tier: tier).refusal)
        #expect(refusal.status == status)
        #expect(refusal.text == expected)
    }

    @Test(
        "a prompt over the plan's limit, whatever the model could take",
        arguments: [
            (SimulatorTier.free, "openai/gpt-4o", 8_000), (.enterprise, "openai/gpt-4o", 16_000),
            (.enterprise, "openai/gpt-4o-mini", 8_000), (.pro, "openai/o3-mini", 4_000),
        ]
    )
    func tooLong(tier: SimulatorTier, model: String, limit: Int) throws {
        let refusal = try #require(
            interpret(Sample.chat(model, String(repeating: "word ", count: limit)), tier: tier).refusal
        )
        let name = model.dropFirst("openai/".count)
        let message = "Request body too large for \(name) model. Max size: \(limit) tokens."
        #expect(refusal.status == 413)
        #expect(
            refusal.text
                == #"{"error":{"code":"tokens_limit_reached","message":"\#(message)","details":"\#(message)"}}"#
        )
        #expect(interpret(Sample.chat(model, String(repeating: "word ", count: limit - 50)), tier: tier).answer != nil)
    }

    @Test("both names of a model work where both are accepted, in any case")
    func names() {
        for model in ModelCatalog.portfolio where !model.isEmbedding {
            for name in [model.id, model.name, model.name.uppercased(), model.id.uppercased()] {
                #expect(interpret(Sample.chat(name), on: .openAI).answer != nil, "\(name)")
            }
            if !model.isNew { #expect(interpret(Sample.chat(model.name), on: .legacy).answer != nil) }
            #expect(interpret(Sample.chat(model.id), on: .current).answer != nil)
        }
    }

    @Test("the magic phrase triggers the prompt filter")
    func contentFilter() throws {
        let refusal = try #require(interpret(Sample.chat("openai/gpt-4o", "please [simulate:content_filter]")).refusal)
        let error = try #require(try JSONDocument(refusal.body)["error"])
        #expect(refusal.status == 400)
        #expect(error["code"]?.string == "content_filter")
        #expect(error["param"]?.string == "prompt")
        #expect(error["status"]?.int == 400)
        #expect(error["innererror"]?["code"]?.string == "ResponsibleAIPolicyViolation")
        #expect(error["innererror"]?["content_filter_result"]?["violence"]?["filtered"]?.bool == true)
    }

    @Test(
        "a field of the wrong kind is named: 400 from OpenAI's models, a list with 422 from the others",
        arguments: [
            (#""messages":[]"#, "messages"), (#""messages":7"#, "messages"),
            (#""messages":[{"role":"robot","content":"x"}]"#, "messages.0.role"),
            (#""messages":[{"role":"user"}]"#, "messages.0.content"),
            (#""messages":[{"role":"user","content":[{"type":"video"}]}]"#, "messages.0.content.0.type"),
            (#""messages":[{"role":"user","content":"x"}],"temperature":3"#, "temperature"),
            (#""messages":[{"role":"user","content":"x"}],"top_p":"low""#, "top_p"),
            (#""messages":[{"role":"user","content":"x"}],"presence_penalty":-3"#, "presence_penalty"),
            (#""messages":[{"role":"user","content":"x"}],"max_tokens":0"#, "max_tokens"),
            (#""messages":[{"role":"user","content":"x"}],"stream":"yes""#, "stream"),
            (#""messages":[{"role":"user","content":"x"}],"n":99"#, "n"),
            (#""messages":[{"role":"user","content":"x"}],"stop":[1]"#, "stop"),
            (#""messages":[{"role":"user","content":"x"}],"tools":[{}]"#, "tools"),
            (#""messages":[{"role":"user","content":"x"}],"tool_choice":"required""#, "tool_choice"),
            (#""messages":[{"role":"user","content":"x"}],"response_format":{"type":"xml"}"#, "response_format.type"),
        ]
    )
    func fields(members: String, parameter: String) throws {
        let openAI = try #require(interpret(#"{"model":"openai/gpt-4o",\#(members)}"#).refusal)
        #expect(openAI.status == 400)
        #expect(try JSONDocument(openAI.body)["error"]?["param"]?.string == parameter)
        let other = try #require(interpret(#"{"model":"mistral-ai/mistral-nemo",\#(members)}"#).refusal)
        #expect(other.status == 422)
        let places = try #require(try JSONDocument(other.body)["error"]?[0]?["loc"]).elements.compactMap(\.string)
        #expect(places == ["body"] + parameter.split(separator: ".").map(String.init))
    }

    @Test(
        "a body that is no object, or no JSON, or names no model",
        arguments: ["", "{", "[]", "7", #"{"messages":[]}"#, #"{"model":null}"#, #"{"model":7}"#, "\u{0}"]
    )
    func malformed(body: String) throws {
        let refused = interpret(body)
        #expect(refused.refusal?.status == 400)
        #expect(!refused.isCharged)
    }

    @Test("pictures are for models that see")
    func images() throws {
        let picture =
            #"[{"type":"text","text":"What?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]"#
        func ask(_ model: String) -> Interpretation {
            interpret(#"{"model":"\#(model)","messages":[{"role":"user","content":\#(picture)}]}"#)
        }
        #expect(ask("openai/gpt-4o").answer != nil)
        #expect(ask("mistral-ai/codestral-2501").refusal?.status == 400)
        #expect(ask("openai/gpt-4o").answer?.promptTokens ?? 0 > 85)
    }

    @Test("a request that the plan forbids or nobody serves costs nothing, one that is only too long does")
    func charging() {
        #expect(interpret(Sample.chat("openai/gpt-5"), tier: .free).isCharged == false)
        #expect(interpret(Sample.chat("no/model")).isCharged == false)
        #expect(interpret(Sample.chat("openai/gpt-4o", String(repeating: "word ", count: 9_000))).isCharged)
    }

    @Test("a chat model makes no vectors, and an embedding model no talk")
    func wrongOperation() {
        #expect(interpret(Sample.chat("openai/text-embedding-3-small")).refusal?.status == 400)
        let vectors = RequestInterpreter(tier: .free, seed: 1).interpretEmbeddings(
            Array(#"{"model":"openai/gpt-4o","input":"x"}"#.utf8),
            on: .current
        )
        #expect(vectors.refusal?.text.contains("OperationNotSupported") == true)
    }

    @Test("damaged requests never crash the reader")
    func fuzz() {
        var generator = SeededGenerator(seed: 5)
        let body = Array(
            Sample.chat(
                "openai/gpt-4o",
                more: #","tools":[{"function":{"name":"f"}}],"stop":["a"],"n":2,"logprobs":true"#
            ).utf8
        )
        let interpreter = RequestInterpreter(tier: .pro, seed: 1)
        for _ in 0..<1_500 {
            var damaged = body
            for _ in 0..<(1 + generator.next() % 3) {
                damaged[Int(generator.next() % UInt64(damaged.count))] = UInt8(32 + generator.next() % 95)
            }
            _ = Reply(interpreter.interpretChat(damaged, on: .current), catalog: .standard)
        }
    }
}

@Suite("Embeddings")
struct EmbeddingTests {
    private func ask(_ fields: String, seed: UInt64 = 1) throws -> JSONDocument {
        let interpretation = RequestInterpreter(tier: .free, seed: seed).interpretEmbeddings(
            Array(#"{"model":"openai/text-embedding-3-small",\#(fields)}"#.utf8),
            on: .current
        )
        guard case .embeddings(let bytes, _) = interpretation.outcome else {
            return try JSONDocument(interpretation.refusal?.body ?? [])
        }
        return try JSONDocument(bytes)
    }

    private func vector(_ text: String) throws -> [Double] {
        try #require(try ask(#""input":"\#(text)""#)["data"]?[0]?["embedding"]).elements.compactMap(\.double)
    }

    @Test("a vector has the model's length and length one")
    func length() throws {
        let vector = try vector("some text")
        #expect(vector.count == 1_536)
        #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4)
    }

    @Test("texts with common words are closer than others")
    func similarity() throws {
        func similarity(_ one: String, _ other: String) throws -> Double {
            zip(try vector(one), try vector(other)).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let near = try similarity(
            "the circuit breaker opens after five failures",
            "after failures the circuit breaker opens"
        )
        let far = try similarity("the circuit breaker opens after five failures", "bananas ripen quickly in summer")
        #expect(near > 0.7)
        #expect(far < 0.4)
    }

    @Test("Base64 holds the same numbers")
    func base64() throws {
        let text = try #require(try ask(#""input":"x y","encoding_format":"base64""#)["data"]?[0]?["embedding"]?.string)
        #expect(text.count == 1_536 * 4 * 4 / 3)
        #expect(EmbeddingVector.base64([1, -2.5]) == "AACAPwAAIMA=")
        #expect(EmbeddingVector.base64([1]) == "AACAPw==")
    }

    @Test("fewer dimensions can be asked for, several texts and tokens can be given")
    func forms() throws {
        #expect(try ask(#""input":"x","dimensions":8"#)["data"]?[0]?["embedding"]?.count == 8)
        let several = try ask(#""input":["one","two",[1,2,3]]"#)
        #expect(several["data"]?.elements.compactMap { $0["index"]?.int } == [0, 1, 2])
        #expect(several["usage"]?["prompt_tokens"]?.int == 5)
        #expect(try ask(#""input":[5,6]"#)["data"]?.count == 1)
    }

    @Test(
        "wrong input is refused",
        arguments: [
            #""input":"""#, #""input":[]"#, #""input":7"#, #""input":[null]"#, #""x":1"#,
            #""input":"x","dimensions":5000"#,
            #""input":"x","encoding_format":"hex""#,
        ]
    )
    func refused(fields: String) throws { #expect(try ask(fields)["error"] != nil) }

    @Test("another seed gives other vectors")
    func seed() throws {
        #expect(try ask(#""input":"x""#).bytes == ask(#""input":"x""#).bytes)
        #expect(try ask(#""input":"x""#).bytes != ask(#""input":"x""#, seed: 2).bytes)
    }
}
