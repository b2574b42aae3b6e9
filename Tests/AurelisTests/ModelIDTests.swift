import Aurelis
import Testing

@Suite("Model names")
struct ModelIDTests {
    @Test(
        "every alias of a model is the same model",
        arguments: [
            (.codestral2501, ["Codestral-2501", "codestral-2501", "mistral-ai/codestral-2501", "CODESTRAL-2501"]),
            (.gpt4o, ["gpt-4o", "openai/gpt-4o", "OpenAI/GPT-4o"]),
            (.commandR, ["Cohere-command-r", "cohere/cohere-command-r", "command-r"]),
            (.commandRPlus, ["Cohere-command-r-plus", "cohere/cohere-command-r-plus"]),
            (.llama31x70B, ["Meta-Llama-3.1-70B-Instruct", "meta/meta-llama-3.1-70b-instruct", "llama-3.1-70b"]),
            (.llama31x405B, ["Meta-Llama-3.1-405B-Instruct", "meta/meta-llama-3.1-405b-instruct"]),
            (.mistralLarge, ["Mistral-large", "mistral-ai/mistral-large"]),
            (.mistralNemo, ["Mistral-Nemo", "mistral-ai/mistral-nemo"]),
        ] as [(ModelID, [String])]
    )
    func aliases(model: ModelID, spellings: [String]) {
        for spelling in spellings {
            #expect(ModelID(spelling) == model)
            #expect(ModelID(spelling).hashValue == model.hashValue)
        }
    }

    @Test("the spelling is kept for the wire")
    func spelling() {
        #expect(ModelID("Qwen/Qwen2.5-Coder").spelling == "Qwen/Qwen2.5-Coder")
        #expect(ModelID("Qwen/Qwen2.5-Coder") == ModelID("qwen/qwen2.5-coder"))
    }

    @Test("the portfolio has nine different models")
    func portfolio() {
        #expect(Set(ModelID.portfolio).count == 9)
    }
}

@Suite("Tasks")
struct TaskTypeTests {
    @Test("a task is found whatever its case and separators", arguments: ["codeReview", "code-review", "CODE_REVIEW"])
    func parsing(name: String) throws {
        #expect(try TaskType(parsing: name) == .codeReview)
    }

    @Test("an unknown task is refused with the list of tasks")
    func unknown() {
        let error = #expect(throws: ModelError.self) { try TaskType(parsing: "poetry") }
        #expect(error?.category == .invalidRequest)
        for task in TaskType.allCases { #expect(error?.message.contains(task.rawValue) == true) }
    }
}

@Suite("Request ids")
struct RequestIDTests {
    @Test("ids are unique and have one form")
    func unique() {
        let ids = (0..<10_000).map { _ in RequestID.next() }
        #expect(Set(ids).count == ids.count)
        for id in ids.prefix(100) {
            let text = id.description
            #expect(text.count == 20 && text.hasPrefix("req_"))
            #expect(text.dropFirst(4).allSatisfy { $0.isHexDigit && !$0.isUppercase })
        }
    }
}
