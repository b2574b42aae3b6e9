import AurelisJSON
import Testing

@Suite("access")
struct AccessTests {
    static let answer = """
        { "id" : "chatcmpl-1", "choices":[{"index":0,"message":{"role":"assistant","content":"a {[\\"]}\\\\",\
        "tool_calls":[ {"id":"1"} , {"id":"2"} ]},"finish_reason":"stop"}], "usage":{"total_tokens":42} }
        """

    @Test("members and elements are reached through every level")
    func path() throws {
        let document = try JSONDocument(Self.answer)
        let choice = try #require(document["choices"]?[0])
        #expect(choice["message"]?["content"]?.string == "a {[\"]}\\")
        #expect(choice["message"]?["tool_calls"]?[1]?["id"]?.string == "2")
        #expect(choice["finish_reason"]?.stringEquals("stop") == true)
        #expect(document["usage"]?["total_tokens"]?.int == 42)
    }

    @Test("what is not there is nil")
    func absent() throws {
        let document = try JSONDocument(Self.answer)
        #expect(document["choice"] == nil)
        #expect(document["choices"]?[1] == nil)
        #expect(document["choices"]?[-1] == nil)
        #expect(document["choices"]?["index"] == nil)
        #expect(document["id"]?[0] == nil)
        #expect(document["usage"]?[""] == nil)
        #expect(try JSONDocument("[{\"a\":1}]")["a"] == nil)
        #expect(try JSONDocument("{}").root[""] == nil)
    }

    @Test(
        "names are compared unescaped, byte for byte",
        arguments: [
            (#"{"mod\u0065l":1}"#, "model", true), (#"{"\u006d\u006f\u0064\u0065\u006c":1}"#, "model", true),
            (#"{"mod\\u0065l":1}"#, "model", false),
            (#"{"mod\\u0065l":1}"#, #"mod\u0065l"#, true), (#"{"mod\u0065l":1}"#, #"mod\u0065l"#, false),
            (#"{"é":1}"#, "é", true), (#"{"\u00e9":1}"#, "é", true),
            ("{\"e\u{301}\":1}", "é", false), (#"{"😀":1}"#, "😀", true), (#"{"\ud83d\ude00":1}"#, "😀", true),
            (#"{"":1}"#, "", true), (#"{"a":1}"#, "", false),
            (#"{"model ":1}"#, "model", false), (#"{"Model":1}"#, "model", false),
            (#"{"a name longer than sixteen bytes":1}"#, "a name longer than sixteen bytes", true),
            (#"{"a name longer than sixteen bytes":1}"#, "a name longer than sixteen bytez", false),
            (#"{"a\"b":1}"#, "a\"b", true), (#"{"a\/b":1}"#, "a/b", true),
        ]
    )
    func names(_ text: String, _ name: String, _ isThere: Bool) throws {
        let document = try JSONDocument(text)
        #expect((document[name] != nil) == isThere)
        #expect((document.root[name] != nil) == isThere)
        #expect((try JSONDocument("[\(text)]").root[0]?[name] != nil) == isThere)
    }

    @Test("a generated document reads as the model it was made from", arguments: 0..<150)
    func generated(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        let model = random.object(members: Int(seed % 40), depth: 4)
        let document = try JSONDocument(random.spell(model))
        #expect(Model(reading: document.root) == model)
        try checkSubscripts(document.root, model)
        guard case .object(let members) = model else { return }
        for member in members {
            #expect(document[member.name.string].map(Model.init(reading:)) == member.value)
        }
    }

    private func checkSubscripts(_ value: JSONValue, _ model: Model) throws {
        switch model {
        case .object(let members):
            #expect(value.count == members.count)
            for member in members { try checkSubscripts(#require(value[member.name.string]), member.value) }
        case .array(let elements):
            #expect(value.count == elements.count)
            #expect(value[elements.count] == nil)
            for (index, element) in elements.enumerated() { try checkSubscripts(#require(value[index]), element) }
        case .string, .number, .bool, .null:
            #expect(Model(reading: value) == model)
        }
    }

    @Test("a value outlives its document and its edits")
    func snapshot() throws {
        var document = try JSONDocument(Self.answer)
        let usage = try #require(document["usage"])
        document.set("id", to: "a much longer id than it was before")
        document.remove("usage")
        #expect(usage["total_tokens"]?.int == 42)
        #expect(document["usage"] == nil)
    }

    @Test("an empty sequence has no elements")
    func empty() throws {
        #expect(Array(JSONElements.empty).isEmpty)
        #expect(Array(JSONMembers.empty).isEmpty)
        #expect(Array(try JSONDocument("[ ]").root.elements).isEmpty)
        #expect(Array(try JSONDocument("{ }").root.members).isEmpty)
    }
}
