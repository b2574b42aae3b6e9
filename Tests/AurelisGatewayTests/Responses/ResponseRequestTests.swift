import Aurelis
import AurelisJSON
import Testing

@testable import AurelisGateway

@Suite("Responses: requests")
struct ResponseRequestTests {
    static func request(_ members: String) throws(ModelError) -> ResponseRequest {
        try ResponseRequest(reading: Samples.document("{\(members)}"))
    }

    static let user = #""messages":[{"role":"user","content":"hi"}]"#

    static let translations: [(String, String)] = [
        (#""model":"m","input":"hi""#, #"{"model":"m",\#(user)}"#),
        (
            #""input":"h\u0069","instructions":"Be brief.","model":"m""#,
            #"{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"h\u0069"}]}"#
        ),
        // What both have in common, and what nobody knows, byte for byte; nothing for what is null or always so.
        (
            #""model":"m","input":"hi","temperature":0.50,"seed":null,"x-unknown":{"a": 1.0},"user":"u","stream":true"#,
            #"{"model":"m","temperature":0.50,"x-unknown":{"a": 1.0},"user":"u","stream":true,\#(user)}"#
        ),
        (
            #""input":"hi","store":true,"background":false,"truncation":"disabled","stream_options":{"include_obfuscation":false},"max_tool_calls":3,"include":["reasoning.encrypted_content"],"previous_response_id":null"#,
            "{\(user)}"
        ),
        (#""input":"hi","max_output_tokens":100"#, #"{"max_completion_tokens":100,\#(user)}"#),
        (
            #""input":"hi","reasoning":{"effort":"low","summary":"auto"},"text":{"verbosity":"low","format":{"type":"text"}}"#,
            #"{"reasoning_effort":"low","verbosity":"low",\#(user)}"#
        ),
        (
            #""input":"hi","text":{"format":{"type":"json_object"}}"#,
            #"{"response_format":{"type":"json_object"},\#(user)}"#
        ),
        (
            #""input":"hi","text":{"format":{"type":"json_schema","name":"n","schema":{"type": "object"},"strict":true,"description":null}}"#,
            #"{"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type": "object"},"strict":true}},\#(user)}"#
        ),
        (#""input":"hi","top_logprobs":2"#, #"{"top_logprobs":2,"logprobs":true,\#(user)}"#),
        (#""input":"hi","top_logprobs":0"#, "{\(user)}"),
        (#""input":"hi","include":["message.output_text.logprobs"]"#, #"{"logprobs":true,\#(user)}"#),
        (
            #""input":"hi","parallel_tool_calls":false,"tools":[{"type":"function","name":"f","description":null,"parameters":{"type": "object"},"strict":true}],"tool_choice":{"type":"function","name":"f"}"#,
            #"{"parallel_tool_calls":false,"tools":[{"type":"function","function":{"name":"f","parameters":{"type": "object"},"strict":true}}],"tool_choice":{"type":"function","function":{"name":"f"}},\#(user)}"#
        ),
        // Without tools there is nothing to choose from, and many refuse to be told how.
        (#""input":"hi","tools":[],"tool_choice":"auto","parallel_tool_calls":true"#, "{\(user)}"),
    ]

    @Test("a request is put as a chat completion", arguments: translations)
    func translated(members: String, chat: String) throws {
        #expect(try Self.request(members).chat.description == chat)
    }

    static let inputs: [(String, String)] = [
        (#"{"role":"user","content":"a"}"#, #"{"role":"user","content":"a"}"#),
        (#"{"type":"message","role":"developer","content":"a"}"#, #"{"role":"system","content":"a"}"#),
        (
            #"{"type":"message","id":"msg_1","status":"completed","role":"assistant","content":[{"type":"output_text","text":"a\n","annotations":[]},{"type":"output_text","text":"b"}]}"#,
            #"{"role":"assistant","content":"a\nb"}"#
        ),
        (
            #"{"role":"assistant","content":[{"type":"refusal","refusal":"no"}]}"#,
            #"{"role":"assistant","content":"","refusal":"no"}"#
        ),
        (#"{"role":"user","content":[{"type":"input_text","text":"a"}]}"#, #"{"role":"user","content":"a"}"#),
        (
            #"{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_image","image_url":"data:x","detail":"low"}]}"#,
            #"{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:x","detail":"low"}}]}"#
        ),
        // What the assistant said and its calls are one message; reasoning is dropped.
        (
            #"{"type":"reasoning","id":"rs_1","summary":[]},{"role":"assistant","content":"let me see"},{"type":"reasoning","summary":[]},{"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":"{\"a\":1}","status":"completed"},{"type":"function_call","call_id":"c2","name":"g","arguments":"{}"},{"type":"function_call_output","call_id":"c1","output":"1"},{"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"2"}]},{"role":"user","content":"go on"}"#,
            #"{"role":"assistant","content":"let me see","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"1"},{"role":"tool","tool_call_id":"c2","content":"2"},{"role":"user","content":"go on"}"#
        ),
        (
            #"{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c1","output":"1"},{"type":"function_call","call_id":"c2","name":"f","arguments":"{}"},{"role":"assistant","content":"x"},{"role":"assistant","content":"y"}"#,
            #"{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"1"},{"role":"assistant","content":null,"tool_calls":[{"id":"c2","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"assistant","content":"x"},{"role":"assistant","content":"y"}"#
        ),
    ]

    @Test("items become messages", arguments: inputs)
    func items(items: String, messages: String) throws {
        #expect(try Self.request(#""input":[\#(items)]"#).chat.description == #"{"messages":[\#(messages)]}"#)
    }

    static let refusals: [(String, String, String)] = [
        (#""model":"m""#, "input", "is missing"),
        (#""input":7"#, "input", "text or a list"),
        (#""input":[]"#, "input", "at least one"),
        (#""input":["a"]"#, "input[0]", "object"),
        (#""input":[{"role":"user","content":"a"},{"id":"msg_1"}]"#, "input[1]", "send the item itself"),
        (#""input":[{"type":"item_reference","id":"msg_1"}]"#, "input[0]", "send the item itself"),
        (#""input":[{"type":"web_search_call","id":"x"}]"#, "input[0].type", "it may be"),
        (#""input":[{"role":"robot","content":"a"}]"#, "input[0].role", "developer"),
        (#""input":[{"type":"message","content":"a"}]"#, "input[0].role", "is missing"),
        (#""input":[{"role":"user"}]"#, "input[0].content", "is missing"),
        (
            #""input":[{"role":"user","content":[{"type":"input_file","file_id":"f"}]}]"#, "input[0].content[0].type",
            "input_text"
        ),
        (
            #""input":[{"role":"user","content":[{"type":"input_image","file_id":"f"}]}]"#,
            "input[0].content[0].file_id", "data URL"
        ),
        (#""input":[{"role":"user","content":[{"type":"input_image"}]}]"#, "input[0].content[0].image_url", "address"),
        (
            #""input":[{"role":"user","content":[{"type":"text","text":"a"}]}]"#, "input[0].content[0].type",
            "input_text"
        ),
        (#""input":[{"role":"user","content":[{"type":"input_text"}]}]"#, "input[0].content[0].text", "string"),
        (#""input":[{"role":"user","content":[{"type":"refusal","refusal":"a"}]}]"#, "input[0].content", "assistant"),
        (
            #""input":[{"role":"system","content":[{"type":"input_image","image_url":"x"}]}]"#, "input[0].content[0]",
            "picture"
        ),
        (
            #""input":[{"type":"function_call_output","call_id":"c","output":[{"type":"input_image","image_url":"x"}]}]"#,
            "input[0].output[0]", "picture"
        ),
        (#""input":[{"type":"function_call_output","output":"x"}]"#, "input[0].call_id", "string"),
        (
            #""input":[{"type":"function_call","call_id":"c","name":"f","arguments":{}}]"#, "input[0].arguments",
            "string"
        ),
        (#""input":"hi","instructions":[]"#, "instructions", "text"),
        (#""input":"hi","previous_response_id":"resp_1""#, "previous_response_id", "whole conversation"),
        (#""input":"hi","conversation":"conv_1""#, "conversation", "send its items"),
        (#""input":"hi","prompt":{"id":"p"}"#, "prompt", "instructions"),
        (#""input":"hi","context_management":[]"#, "context_management", "shorten"),
        (#""input":"hi","background":true"#, "background", "stream"),
        (#""input":"hi","background":1"#, "background", "true or false"),
        (#""input":"hi","truncation":"auto""#, "truncation", "disabled"),
        (#""input":"hi","store":"yes""#, "store", "true or false"),
        (#""input":"hi","stream_options":true"#, "stream_options", "object"),
        (#""input":"hi","include":["everything"]"#, "include[0]", "message.output_text.logprobs"),
        (#""input":"hi","messages":[]"#, "messages", "/v1/chat/completions"),
        (#""input":"hi","max_tokens":1"#, "max_tokens", "max_output_tokens"),
        (#""input":"hi","response_format":{}"#, "response_format", "text.format"),
        (#""input":"hi","n":2"#, "n", "one answer"),
        (#""input":"hi","max_output_tokens":0"#, "max_output_tokens", "from 1"),
        (#""input":"hi","top_logprobs":21"#, "top_logprobs", "0 to 20"),
        (#""input":"hi","tools":{}"#, "tools", "list"),
        (#""input":"hi","tools":[{"type":"web_search"}]"#, "tools[0].type", "only tools of type \"function\""),
        (#""input":"hi","tools":[{"type":"function","function":{"name":"f"}}]"#, "tools[0].name", "beside the type"),
        (#""input":"hi","tool_choice":{"type":"allowed_tools"}"#, "tool_choice.type", "only the tools"),
        (#""input":"hi","tool_choice":{"type":"function"}"#, "tool_choice.name", "string"),
        (#""input":"hi","tool_choice":1"#, "tool_choice", "auto"),
        (#""input":"hi","text":"json""#, "text", "object"),
        (#""input":"hi","text":{"colour":"red"}"#, "text.colour", "leave it out"),
        (#""input":"hi","text":{"format":{"type":"xml"}}"#, "text.format.type", "json_schema"),
        (#""input":"hi","text":{"format":{"type":"json_schema","schema":{}}}"#, "text.format.name", "string"),
        (#""input":"hi","text":{"format":{"type":"json_schema","name":"n"}}"#, "text.format.schema", "object"),
        (#""input":"hi","reasoning":"low""#, "reasoning", "object"),
        (#""input":"hi","reasoning":{"mode":"pro"}"#, "reasoning.mode", "leave it out"),
    ]

    @Test("what cannot be had is refused by its name, and it is said what to do", arguments: refusals)
    func refused(members: String, parameter: String, words: String) throws {
        let error = try #require(throws: ModelError.self) { try Self.request(members) }
        #expect(error.category == .invalidRequest && error.status == 400)
        #expect(error.parameter == parameter)
        #expect(error.message.contains("'\(parameter)'") && error.message.contains(words), "\(error.message)")
    }

    @Test("no object is no request")
    func root() {
        #expect(throws: ModelError.self) { try ResponseRequest(reading: Samples.document("[]")) }
    }

    static let places: [(String, String, String)] = [
        ("messages[0].content", "instructions", "instructions"),
        ("messages[1].content", "input[0].content", "input[0].content"),
        ("messages[2].tool_calls[0].function.arguments", "input[2]", "input[2]"),
        ("messages[9].content", "messages[9].content", "messages[9].content"),
        ("messages[x].content", "messages[x].content", "messages[x].content"),
        ("temperature", "temperature", "temperature"),
    ]

    @Test("an error about a message names the item it came from", arguments: places)
    func located(parameter: String, place: String, word: String) throws {
        let request = try Self.request(
            #""instructions":"i","input":[{"role":"user","content":"a"},{"type":"reasoning"},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}]"#
        )
        var error = ModelError(.invalidRequest, "'\(parameter)' is too long")
        error.parameter = parameter
        let located = request.located(error)
        #expect(located.parameter == place)
        #expect(located.message == "'\(word)' is too long")
    }

    @Test("a response repeats its request, and says null where that says nothing")
    func echo() throws {
        let echo = try Self.request(
            #""input":"hi","instructions":"i","temperature":0.50,"metadata":{"a": "b"},"store":true,"tools":[{"type":"function","name":"f"}],"service_tier":"flex""#
        ).echo
        let members = Dictionary(uniqueKeysWithValues: echo.members.map { ($0.0, $0.1.description) })
        #expect(members["instructions"] == #""i""# && members["temperature"] == "0.50")
        #expect(members["metadata"] == #"{"a": "b"}"# && members["tools"] == #"[{"type":"function","name":"f"}]"#)
        #expect(members["store"] == "false" && members["top_p"] == "null" && members["tool_choice"] == #""auto""#)
        #expect(members["text"] == #"{"format":{"type":"text"}}"# && members["parallel_tool_calls"] == "true")
        #expect(echo.serviceTier == "flex")
    }
}
