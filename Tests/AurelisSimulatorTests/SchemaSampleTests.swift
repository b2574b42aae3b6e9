import AurelisJSON
import Testing

@testable import AurelisSimulator

@Suite("Values for JSON schemas")
struct SchemaSampleTests {
    private func sample(_ schema: String, scope: SchemaSample.Scope = .everything, seed: UInt64 = 1) throws -> JSONValue
    {
        try JSONDocument(SchemaSample(try JSONDocument(schema).root, seed: seed, scope: scope).text).root
    }

    @Test(
        "simple types",
        arguments: [
            (#"{"type":"string"}"#, JSONKind.string), (#"{"type":"integer"}"#, .number),
            (#"{"type":"number"}"#, .number),
            (#"{"type":"boolean"}"#, .bool), (#"{"type":"null"}"#, .null), (#"{"type":"array"}"#, .array),
            (#"{"type":"object"}"#, .object), (#"{"type":["null","integer"]}"#, .number),
            (#"{"properties":{}}"#, .object), (#"{"items":{"type":"string"}}"#, .array), ("{}", .string),
            ("true", .null),
        ]
    )
    func types(schema: String, kind: JSONKind) throws { #expect(try sample(schema).kind == kind) }

    @Test("numbers keep to their bounds", arguments: 1...10)
    func numbers(seed: UInt64) throws {
        for (schema, range) in [
            (#"{"type":"integer","minimum":20,"maximum":22}"#, 20.0...22.0),
            (#"{"type":"integer","exclusiveMinimum":4,"exclusiveMaximum":6}"#, 5...5),
            (#"{"type":"integer","maximum":-3}"#, -1e9 ... -3),
            (#"{"type":"number","minimum":0,"maximum":1}"#, 0...1),
            (#"{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":0.4}"#, 0.01...0.39),
        ] {
            let value = try sample(schema, seed: seed)
            #expect(range.contains(try #require(value.double)), "\(schema): \(value)")
            if schema.contains("integer") { #expect(value.int != nil) }
        }
        #expect(try #require(sample(#"{"type":"integer","multipleOf":7,"minimum":10}"#, seed: seed).int) % 7 == 0)
    }

    @Test("strings keep to lengths and formats")
    func strings() throws {
        #expect(try sample(#"{"type":"string","minLength":40}"#).string?.count == 40)
        #expect(try sample(#"{"type":"string","maxLength":3}"#).string?.count == 3)
        #expect(try sample(#"{"type":"string","format":"date"}"#).string == "2025-07-10")
        #expect(try sample(#"{"type":"string","format":"email"}"#).string?.contains("@") == true)
    }

    @Test("enum, const and counts are obeyed")
    func choices() throws {
        #expect(try ["red", "blue"].contains(sample(#"{"enum":["red","blue"]}"#).string))
        #expect(try sample(#"{"const":{"a":1}}"#)["a"]?.int == 1)
        #expect(try sample(#"{"type":"array","minItems":3,"items":{"type":"integer"}}"#).count == 3)
        #expect(try sample(#"{"type":"array","maxItems":0,"items":{"type":"integer"}}"#).count == 0)
        let tuple = try sample(#"{"type":"array","prefixItems":[{"type":"string"},{"type":"boolean"}],"items":false}"#)
        #expect(tuple.elements.map(\.kind) == [.string, .bool])
        let unique = try sample(
            #"{"type":"array","minItems":3,"uniqueItems":true,"items":{"type":"string"}}"#
        ).elements.compactMap(\.string)
        #expect(Set(unique).count == 3)
    }

    @Test("only required properties are filled for a tool, all of them for a format")
    func scope() throws {
        let schema =
            #"{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["city"]}"#
        #expect(try sample(schema, scope: .required).members.map(\.key) == ["city"])
        #expect(try sample(schema, scope: .everything).members.map(\.key) == ["city", "days"])
    }

    @Test("references, combinations and nesting are followed")
    func references() throws {
        let schema = """
            {"type":"object","required":["steps","all","one"],"properties":{
              "steps":{"type":"array","items":{"$ref":"#/$defs/Step"}},
              "all":{"allOf":[{"properties":{"a":{"type":"integer"}},"required":["a"]},
                              {"properties":{"b":{"type":"string"}},"required":["b"]}]},
              "one":{"anyOf":[{"type":"integer"},{"type":"null"}]}},
             "$defs":{"Step":{"type":"object","properties":{"text":{"type":"string"}},"required":["text"]}}}
            """
        let value = try sample(schema)
        #expect(value["steps"]?[0]?["text"]?.string?.isEmpty == false)
        #expect(value["all"]?["a"]?.int != nil)
        #expect(value["all"]?["b"]?.string != nil)
        #expect(value["one"]?.int != nil)
    }

    @Test(
        "a schema that refers to itself comes to an end",
        arguments: [
            ##"{"type":"object","properties":{"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}},"required":["next"]}"##,
            ##"{"type":"object","properties":{"all":{"type":"array","items":{"$ref":"#"}}},"required":["all"]}"##,
            ##"{"type":"object","properties":{"next":{"$ref":"#"}},"required":["next"]}"##,
            ##"{"$ref":"#"}"##,
            ##"{"allOf":[{"$ref":"#"},{"$ref":"#"}]}"##,
        ]
    )
    func recursion(schema: String) throws { #expect(try sample(schema).raw.count < 100_000) }

    @Test("the same seed gives the same value")
    func determinism() throws {
        let schema = #"{"type":"object","properties":{"n":{"type":"integer"},"e":{"enum":[1,2,3,4,5,6,7,8]}}}"#
        #expect(try sample(schema, seed: 9).description == sample(schema, seed: 9).description)
        #expect(try Set((0..<20).map { try sample(schema, seed: $0).description }).count > 1)
    }

    @Test("damaged schemas never crash it")
    func fuzz() throws {
        var generator = SeededGenerator(seed: 11)
        let text = Array(
            #"{"type":"object","properties":{"a":{"type":"array","minItems":2,"items":{"enum":[1]}}},"required":["a"]}"#
                .utf8
        )
        for _ in 0..<2_000 {
            var bytes = text
            bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(32 + generator.next() % 95)
            guard let document = try? JSONDocument(bytes) else { continue }
            #expect((try? JSONDocument(SchemaSample(document.root, seed: 1, scope: .everything).text)) != nil)
        }
    }
}
