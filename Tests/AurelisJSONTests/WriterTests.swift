import AurelisJSON
import Testing

@Suite("writer")
struct WriterTests {
    @Test("an error body is written in order, with commas where they belong")
    func errorBody() throws {
        var json = JSONWriter()
        json.beginObject()
        json.key("error")
        json.beginObject()
        json.field("message", "say \"please\"")
        json.field("status", 429)
        json.field("ratio", 0.5)
        json.field("retry", true)
        json.key("param")
        json.null()
        json.field("details", ["a", 1])
        json.field("raw", try JSONDocument("[1, 2]").root)
        json.key("list")
        json.beginArray()
        json.beginArray()
        json.endArray()
        json.beginObject()
        json.endObject()
        json.string("[")
        json.int(-1)
        json.double(2)
        json.bool(false)
        json.raw(try JSONDocument(" 1e5 ").root)
        json.fragment(nil)
        json.endArray()
        json.endObject()
        #expect(!json.isComplete)
        json.endObject()
        #expect(json.isComplete)
        #expect(
            String(decoding: json.bytes, as: UTF8.self)
                == #"{"error":{"message":"say \"please\"","status":429,"ratio":0.5,"retry":true,"param":null,"details":["a",1],"raw":[1, 2],"list":[[],{},"[",-1,2.0,false,1e5,null]}}"#
        )
    }

    @Test("a lonely scalar is a text")
    func scalar() {
        var json = JSONWriter()
        #expect(!json.isComplete)
        json.string("a")
        #expect(json.isComplete)
        #expect(json.bytes == Array("\"a\"".utf8))
    }

    @Test("what is written from a model reads back as the model", arguments: 0..<50)
    func generated(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed &+ 500)
        let model = random.object(members: 6, depth: 5)
        var json = JSONWriter(capacity: 0)
        try write(model, to: &json)
        #expect(json.isComplete)
        #expect(Model(reading: try JSONDocument(json.bytes).root) == model)
    }

    private func write(_ model: Model, to json: inout JSONWriter) throws {
        switch model {
        case .object(let members):
            json.beginObject()
            for member in members {
                json.key(member.name.string)
                try write(member.value, to: &json)
            }
            json.endObject()
        case .array(let elements):
            json.beginArray()
            for element in elements { try write(element, to: &json) }
            json.endArray()
        case .string(let text): json.string(text.string)
        case .number(let text): json.fragment(try JSONFragment(validating: Array(text.utf8)))
        case .bool(let value): json.bool(value)
        case .null: json.null()
        }
    }

    @Test("nesting has no limit")
    func deep() throws {
        var json = JSONWriter()
        for _ in 0..<500 {
            json.beginArray()
            json.beginObject()
            json.key("a")
        }
        json.int(1)
        for _ in 0..<500 {
            json.endObject()
            json.endArray()
        }
        _ = try JSONDocument(json.bytes, limits: JSONLimits(maximumDepth: 1_000))
    }
}

@Suite("writer misuse")
struct WriterMisuseTests {
    @Test("an end without a begin stops the program")
    func endWithoutBegin() async {
        await #expect(processExitsWith: .failure) {
            var json = JSONWriter()
            json.endObject()
        }
    }

    @Test("an array's end in an object stops the program")
    func wrongEnd() async {
        await #expect(processExitsWith: .failure) {
            var json = JSONWriter()
            json.beginObject()
            json.endArray()
        }
    }

    @Test("a value without a key stops the program")
    func valueWithoutKey() async {
        await #expect(processExitsWith: .failure) {
            var json = JSONWriter()
            json.beginObject()
            json.int(1)
        }
    }

    @Test("a key without a value stops the program")
    func keyWithoutValue() async {
        await #expect(processExitsWith: .failure) {
            var json = JSONWriter()
            json.beginObject()
            json.key("a")
            json.endObject()
        }
    }

    @Test("a second value stops the program")
    func secondValue() async {
        await #expect(processExitsWith: .failure) {
            var json = JSONWriter()
            json.int(1)
            json.int(2)
        }
    }
}
