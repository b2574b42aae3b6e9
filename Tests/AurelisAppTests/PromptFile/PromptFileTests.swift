import Aurelis
import AurelisJSON
import Testing

@testable import AurelisApp

@Suite("Prompt files")
struct PromptFileTests {
    private func read(_ text: String) throws(ConfigurationError) -> PromptFile {
        try PromptFile.parsing(text, path: "x.prompt.yml")
    }

    @Test("a file says who is asked, how, and what")
    func whole() throws {
        let file = try read(
            """
            name: Summary
            description: Makes texts short
            model: openai/gpt-4o-mini
            modelParameters:
              temperature: 0.5
              topP: 0.9
              maxCompletionTokens: 200
              stop: ["END"]
            messages:
              - role: system
                content: You make texts short.
              - role: user
                content: |
                  Summarize in {{ language }}:
                  {{input}}
            """
        )
        #expect(file.name == "Summary" && file.about == "Makes texts short" && file.model == "openai/gpt-4o-mini")
        #expect(file.temperature == 0.5 && file.topP == 0.9 && file.maxTokens == 200 && file.stop == ["END"])
        #expect(file.variables == ["language", "input"])
        #expect(file.warnings.isEmpty)
        let messages = try file.messages(filling: ["language": "Latin", "input": "a {{language}} text"])
        #expect(messages.map(\.role) == [.system, .user])
        #expect(messages[1].text == "Summarize in Latin:\na {{language}} text")
    }

    @Test("blanks without a value are listed, with their place and what to write")
    func missing() throws {
        let file = try read("messages:\n  - role: user\n    content: '{{a}} {{b}} {{a}}'\n")
        let error = #expect(throws: ConfigurationError.self) { try file.messages(filling: [:]) }
        #expect(error?.description == "x.prompt.yml:3:14: the variables a, b have no values (--var a=… --var b=…)")
        let one = #expect(throws: ConfigurationError.self) { try file.messages(filling: ["a": ""]) }
        #expect(one?.message == "the variable b has no value")
    }

    @Test("evaluations are said not to be looked at, and unknown keys to mean nothing, with their lines")
    func warnings() throws {
        let file = try read(
            """
            messages: [{ role: user, content: hi, name: x }]
            testData: [{ input: a, expected: b }]
            evaluators: []
            modelParameters: { temprature: 1 }
            modle: gpt-4o
            """
        )
        #expect(file.warnings.count == 5)
        #expect(file.warnings[0].hasPrefix("x.prompt.yml:1:"))
        #expect(file.warnings.contains { $0.hasPrefix("x.prompt.yml:2:1: testData is for evaluations") })
        #expect(file.warnings.contains { $0.hasSuffix("did you mean temperature?") })
        #expect(file.warnings.contains { $0.hasSuffix("did you mean model?") })
    }

    static let wrong: [(String, String)] = [
        ("name: x\n", "x.prompt.yml:1:1: messages: has no messages"),
        ("messages: []\n", "has no messages"), ("messages: hi\n", "x.prompt.yml:1:11: messages: must be a list"),
        ("messages:\n  - role: king\n    content: hi\n", "x.prompt.yml:2:11: messages[0].role: must be system"),
        ("messages:\n  - role: user\n", "x.prompt.yml:2:5: messages[0]: needs a role and a content"),
        ("messages: [{ role: user, content: [a] }]\n", "messages[0].content: must be a text"),
        (
            "modelParameters: { temperature: hot }\nmessages: []\n",
            "modelParameters.temperature: must be a number from 0 to 2"
        ),
        (
            "modelParameters: { maxTokens: 0 }\nmessages: []\n",
            "modelParameters.maxTokens: must be a whole number from 1 on"
        ),
        ("messages: [{ role: user, content: hi }]\nresponseFormat: xml\n", "responseFormat: must be text, json_object"),
        ("messages: [{ role: user, content: hi }]\nresponseFormat: json_schema\n", "jsonSchema: is missing"),
        ("messages: [{ role: user, content: hi }]\njsonSchema: '{'\n", "jsonSchema: is no JSON"),
        ("messages: {\n", "is no YAML"),
    ]

    @Test("what is wrong is told with its line and path", arguments: wrong)
    func refused(text: String, message: String) {
        let error = #expect(throws: ConfigurationError.self) { try read(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    static let schemas = [
        "jsonSchema: '{\"name\":\"out put\",\"strict\":false,\"schema\":{\"type\":\"object\"}}'",
        "jsonSchema: { name: out put, strict: false, schema: { type: object } }",
    ]

    @Test("a schema is JSON in a text, or YAML", arguments: schemas)
    func schema(line: String) throws {
        let file = try read("messages: [{ role: user, content: hi }]\nresponseFormat: json_schema\n\(line)\n")
        guard case .jsonSchema(let name, let schema, let strict) = file.responseFormat else {
            return #expect(Bool(false), "no schema")
        }
        #expect(name == "out_put" && !strict)
        #expect(schema.description == #"{"type":"object"}"#)
    }

    @Test("a bare schema keeps the kinds of its values")
    func bareSchema() throws {
        let file = try read(
            """
            name: Fruit list
            messages: [{ role: user, content: hi }]
            jsonSchema: { type: object, minProperties: 1, additionalProperties: false, const: "1", enum: [null, 1.5] }
            """
        )
        guard case .jsonSchema(let name, let schema, true) = file.responseFormat else {
            return #expect(Bool(false), "no schema")
        }
        #expect(name == "Fruit_list")
        #expect(
            schema.description
                == #"{"type":"object","minProperties":1,"additionalProperties":false,"const":"1","enum":[null,1.5]}"#
        )
    }

    static let templates: [(String, [String], String)] = [
        ("{{a}}", ["a"], "1"), ("{{ a }}{{b}}", ["a", "b"], "12"),
        ("{{}} {{ x y }} {{#if a}}", [], "{{}} {{ x y }} {{#if a}}"),
        ("{{{a}}}", ["a"], "{1}"), ("{{a", [], "{{a"), ("a}} {{", [], "a}} {{"), ("{{c}}", ["c"], "{{c}}"),
        ("", [], ""),
    ]

    @Test("only names in two braces are blanks", arguments: templates)
    func template(text: String, variables: [String], filled: String) {
        let template = PromptTemplate(text)
        #expect(template.variables == variables)
        #expect(template.filled(["a": "1", "b": "2"]) == filled)
    }

    @Test("without values every text comes out as it was, whatever braces it has", arguments: 0..<300)
    func anything(seed: Int) {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
        let alphabet: [Character] = ["{", "}", "{", "}", "a", "b", "-", "\n"]
        let text = String(
            (0..<24).map { _ -> Character in
                state = state &* 6_364_136_223_846_793_005 &+ 1
                return alphabet[Int(state >> 33) % alphabet.count]
            }
        )
        #expect(PromptTemplate(text).filled([:]) == text)
    }

    @Test("a variable is a name and whatever follows the first equals sign")
    func variables() {
        #expect(PromptVariable.parse("a=b=c")?.value == "b=c")
        #expect(PromptVariable.parse("a=")?.value == "")
        #expect(PromptVariable.parse("=b") == nil)
        #expect(PromptVariable.parse("ab") == nil)
        #expect(PromptVariable.parse("a b=c") == nil)
    }
}
