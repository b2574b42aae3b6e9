import Aurelis
import AurelisJSON
import Testing

@Suite("Reading a call from its body")
struct ModelCallTests {
    private func read(
        _ json: String,
        operation: ModelOperation = .chatCompletion,
        task: TaskType? = nil
    ) throws -> ModelCall {
        try ModelCall(reading: JSONDocument(Array(json.utf8)), operation: operation, options: .init(task: task))
    }

    private static let messages = #""messages":[{"role":"user","content":"hi"}]"#

    @Test("model, stream and task are read; the body stays as it was")
    func reads() throws {
        let json = #"{"model":"openai/gpt-4o", "stream" : true,"x_unknown":[1,2],\#(Self.messages)}"#
        let call = try read(json, task: .testing)
        #expect(call.model == .gpt4o)
        #expect(call.stream)
        #expect(call.task == .testing)
        #expect(call.body.bytes == Array(json.utf8))
    }

    @Test("auto lets the task choose", arguments: [("auto", TaskType.general), ("auto/code-review", .codeReview)])
    func auto(name: String, task: TaskType) throws {
        let call = try read(#"{"model":"\#(name)",\#(Self.messages)}"#)
        #expect(call.model == nil)
        #expect(call.task == task)
    }

    @Test(
        "auto lets the task choose in the library too, whenever it is said",
        arguments: [
            ("auto", TaskType.general, TaskType.general), ("auto/code-review", .general, .codeReview),
            ("auto/code-review", .testing, .testing), ("auto", .testing, .testing),
        ]
    )
    func autoRequest(name: String, task: TaskType, expected: TaskType) throws {
        var late = ModelRequest("hi", task: task)
        late.model = ModelID(name)
        for request in [ModelRequest("hi", task: task, model: ModelID(name)), late] {
            let call = try ModelCall(request, stream: false)
            #expect(call.model == nil)
            #expect(call.task == expected)
            #expect(request.model == nil)
            #expect(request.task == expected)
        }
        let unknown = ModelRequest("hi", model: "auto/poetry")
        let error = #expect(throws: ModelError.self) { try ModelCall(unknown, stream: false) }
        #expect(error?.message.contains("codeReview") == true)
    }

    @Test("a model may be left out only when a task is given")
    func missingModel() throws {
        #expect(try read("{\(Self.messages)}", task: .debugging).model == nil)
        let error = #expect(throws: ModelError.self) { try read("{\(Self.messages)}") }
        #expect(error?.parameter == "model")
    }

    @Test(
        "a body that nobody could answer is refused with the field at fault",
        arguments: [
            (#"[]"#, nil), (#""hi""#, nil),
            (#"{"model":1,"messages":[{"role":"user","content":"x"}]}"#, "model"),
            (#"{"model":"","messages":[{"role":"user","content":"x"}]}"#, "model"),
            (#"{"model":"gpt-4o"}"#, "messages"), (#"{"model":"gpt-4o","messages":[]}"#, "messages"),
            (#"{"model":"gpt-4o","messages":"hi"}"#, "messages"),
            (#"{"model":"gpt-4o","messages":["hi"]}"#, "messages[0]"),
            (#"{"model":"gpt-4o","messages":[{"content":"hi"}]}"#, "messages[0].role"),
            (#"{"model":"gpt-4o","stream":"yes","messages":[{"role":"user","content":"x"}]}"#, "stream"),
            (#"{"model":"auto/poetry","messages":[{"role":"user","content":"x"}]}"#, nil),
        ] as [(String, String?)]
    )
    func refused(json: String, parameter: String?) {
        let error = #expect(throws: ModelError.self) { try read(json) }
        #expect(error?.category == .invalidRequest)
        #expect(error?.parameter == parameter)
        #expect(error?.message.isEmpty == false)
    }

    @Test(
        "embeddings need a model and an input",
        arguments: [#"{"input":"x"}"#, #"{"model":"m"}"#, #"{"model":"m","input":7}"#]
    )
    func embeddings(json: String) {
        #expect(throws: ModelError.self) { try read(json, operation: .embedding, task: .general) }
    }

    @Test("a request without its optional parts writes none of them, and no null")
    func omitsNil() throws {
        let call = try ModelCall(ModelRequest("hi", model: .gpt4o), stream: false)
        let text = String(decoding: call.body.bytes, as: UTF8.self)
        #expect(text == #"{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}"#)
    }
}
