import Aurelis
import Testing

@testable import AurelisProviders

@Suite("Reading a preset's data file")
struct PresetDecodingTests {
    private static let valid = """
        {"id":"x","name":"X","documentation":"https://example.com","base_url":"https://example.com/v1",
        "paths":{"chat":"/c","embeddings":"/e","models":"/m"},"catalog":"list","authentication":{"kind":"bearer"},
        "credential":{"required":true,"environment":["X_KEY"]},"unlisted_models":"none",
        "models":[{"id":"a","wire":"A","rate_tier":"low"}],
        "rate_tiers":{"low":{"free":{"requests_per_minute":1,"requests_per_day":2,"input_tokens":3,"concurrent":4}}}}
        """

    private func decode(_ text: String) throws -> ProviderPreset { try ProviderPreset(decoding: Array(text.utf8)) }

    @Test("what is left out has its default")
    func defaults() throws {
        let preset = try decode(Self.valid)
        #expect(preset.headers.isEmpty)
        #expect(preset.placeholders.isEmpty)
        #expect(preset.retirement == nil)
        #expect(preset.credential.kind == .opaque)
        #expect(preset.models[0].operations == [.chatCompletion])
        #expect(preset.models[0].isOffered)
        #expect(preset.models[0].capabilities == nil)
        #expect(preset.models[0].price == nil)
        #expect(preset.prefill == nil)
        #expect(preset.streamUsage == .unknown)
        #expect(preset.reportsLimits)
    }

    @Test("no capabilities are not the same as unknown ones")
    func noCapabilities() throws {
        let text = Self.valid.replacing(#""wire":"A""#, with: #""wire":"A","capabilities":[]"#)
        #expect(try decode(text).models[0].capabilities == [])
    }

    @Test(
        "every defect is told with its place",
        arguments: [
            (#""catalog":"list""#, #""catalog":"table""#, "catalog: \"table\" is none of array, list"),
            (#""name":"X""#, #""nam":"X""#, "nam: unknown field; did you mean \"name\"?"),
            (#""name":"X","#, "", "name: is missing"),
            (#""name":"X""#, #""name":7"#, "name: must be a text"),
            (#""wire":"A""#, #""wires":"A""#, "models[0].wires: unknown field; did you mean \"wire\"?"),
            (#""chat":"/c","#, "", "paths.chat: is missing"),
            (#""rate_tier":"low""#, #""rate_tier":"lo""#, "models[0].rate_tier: \"lo\" is not among the rate tiers"),
            (#"{"id":"a","#, #"{"id":"a","wire":"A"},{"id":"A","#, "models[1].id: \"a\" occurs twice"),
            (#"{"kind":"bearer"}"#, #"{"kind":"basic"}"#, "authentication.kind: must be bearer, header or none"),
            (#"{"kind":"bearer"}"#, #"{"kind":"header"}"#, "authentication.name: is missing"),
            (#""required":true"#, #""required":"yes""#, "credential.required: must be true or false"),
            (#"["X_KEY"]"#, "[1]", "credential.environment[0]: must be a text"),
            (
                #""concurrent":4"#, #""concurrent":0"#,
                "rate_tiers.low.free.concurrent: must be a whole number above 0"
            ),
            (
                #""name":"X""#, #""name":"X","retirement":{"date":"2026-02-30","message":"m","way_out":"w"}"#,
                "retirement.date: must be a date such as 2026-07-30"
            ),
            (#""id":"x""#, #""id":"x""x""#, "expected ',' or '}' at byte 9 (line 1, column 10)"),
            (
                #""wire":"A""#, #""wire":"A","capabilities":["tool"]"#,
                "models[0].capabilities: \"tool\" is none of streaming, tools, vision, json_schema"
            ),
            (
                #""wire":"A""#, #""wire":"A","price":{"input":1e-1,"output":1}"#,
                "models[0].price.input: must be dollars such as 2.5, with at most 6 decimals"
            ),
            (
                #""wire":"A""#, #""wire":"A","price":{"input":1,"output":"1"}"#,
                "models[0].price.output: must be dollars such as 2.5, with at most 6 decimals"
            ),
            (
                #""name":"X""#, #""name":"X","prefill":{"style":"suffix","answer":"continues"}"#,
                "prefill.style: \"suffix\" is none of plain, prefix, continue_final_message"
            ),
            (#""name":"X""#, #""name":"X","prefill":{"style":"plain"}"#, "prefill.answer: is missing"),
            (
                #""name":"X""#, #""name":"X","stream_usage":"never""#,
                "stream_usage: \"never\" is none of on_request, always, unknown"
            ),
            (
                #""name":"X""#, #""name":"X","answer_limit":"n_predict""#,
                "answer_limit: \"n_predict\" is none of as_sent, max_tokens"
            ),
            (#""name":"X""#, #""name":"X","limit_headers":0"#, "limit_headers: must be true or false"),
            (
                #""name":"X""#, #""name":"X","limit_headers":{"requests":"year"}"#,
                "limit_headers.requests: \"year\" is none of minute, day"
            ),
        ]
    )
    func defects(_ part: String, _ replacement: String, _ expected: String) throws {
        var text = Self.valid
        let place = try #require(text.firstRange(of: part))
        text.replaceSubrange(place, with: replacement)
        let error = try #require(throws: PresetError.self) { try decode(text) }
        #expect(error.description == expected)
    }
}
