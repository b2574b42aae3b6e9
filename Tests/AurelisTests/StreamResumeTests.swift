import AurelisJSON
import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Fitting a second stream to a first one")
struct StreamResumeTests {
    private func chunk(_ content: String, id: String = "second", finish: String? = nil) throws -> ProviderEvent {
        let text = JSONFragment.string(content)
        let reason = finish.map { "\"\($0)\"" } ?? "null"
        return try raw(
            #"{"id":"\#(id)","extra":{"a":1},"choices":[{"index":0,"delta":{"content":\#(text),"x":2},"logprobs":{"content":[]},"finish_reason":\#(reason)}]}"#
        )
    }

    private func raw(_ json: String) throws -> ProviderEvent {
        ProviderEvent(try JSONDocument(Array(json.utf8), limits: .response))
    }

    private func resume(_ text: String, _ expectation: StreamResume.Expectation = .repetition) -> StreamResume {
        StreamResume(delivered: Array(text.utf8), expecting: expectation, chunkID: "first")
    }

    @Test("the chunk in which the first text ends is cut in two; all else of it stays, but not its log-probabilities")
    func seam() throws {
        var resume = resume("Hello wor")
        #expect(resume.take(try chunk("Hello ")).isSwallow)
        #expect(!resume.isMatched)
        let action = resume.take(try chunk("world"))
        #expect(action.content == "ld")
        #expect(
            action.shown == "data: "
                + #"{"id":"first","extra":{"a":1},"choices":[{"index":0,"delta":{"content":"ld","x":2},"finish_reason":null}]}"#
                + "\n\n"
        )
        #expect(resume.isMatched)
        #expect(resume.take(try chunk("!")).content == "!")
    }

    @Test("chunks after the seam keep every byte but their id")
    func after() throws {
        var resume = resume("")
        let event = try chunk("new")
        let expected = String(decoding: event.raw, as: UTF8.self).replacing("second", with: "first")
        #expect(resume.take(event).shown == expected)
    }

    @Test(
        "openings, comments and reasoning are swallowed until the seam",
        arguments: [
            #"{"choices":[],"prompt_filter_results":[]}"#, #"{"choices":[{"index":0,"delta":{"role":"assistant"}}]}"#,
            #"{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":null,"reasoning_content":"hm"}}]}"#,
            #"{"choices":[{"index":0,"delta":{"reasoning":"hm"}}]}"#, #"{"choices":[],"usage":{"prompt_tokens":7}}"#,
            #"{"choices":[{"index":0,"delta":{"tool_calls":[],"function_call":null,"refusal":"","audio":null}}]}"#,
        ]
    )
    func openings(json: String) throws {
        var resume = resume("text")
        #expect(resume.take(try raw(json)).isSwallow)
        #expect(resume.take(.comment("keep-alive")).isSwallow)
        #expect(!resume.isMatched)
    }

    @Test(
        "another text, an early end, tool calls, refusals and further choices are another answer",
        arguments: [
            #"{"choices":[{"index":0,"delta":{"content":"tent"}}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":"te"},"finish_reason":"stop"}]}"#,
            #"{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}"#,
            #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0}]}}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":"te","tool_calls":[{"index":0}]}}]}"#,
            #"{"choices":[{"index":0,"delta":{"function_call":{"name":"f"}}}]}"#,
            #"{"choices":[{"index":0,"delta":{"refusal":"no"}}]}"#,
            #"{"choices":[{"index":0,"delta":{"audio":{"data":"AA=="}}}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":["te"]}}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":"te"}},{"index":1,"delta":{"content":"te"}}]}"#,
            #"{"choices":[{"index":1,"delta":{"content":"te"}}]}"#,
        ]
    )
    func divergence(json: String) throws {
        var resume = resume("text")
        #expect(resume.take(try raw(json)).isDivergence)
        #expect(!resume.isMatched)
    }

    @Test("the end before the text is repeated is another answer")
    func earlyDone() {
        var resume = resume("text")
        #expect(resume.take(.done).isDivergence)
    }

    @Test("the same text to its end means that the answer was whole where it broke")
    func wholeAlready() throws {
        var resume = resume("text")
        #expect(resume.take(try chunk("text")).isSwallow)
        let end = #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#
        #expect(resume.take(try raw(end)).shown == "data: \(end)\n\n")
        #expect(resume.take(.done).shown == "data: [DONE]\n\n")
    }

    @Test("a continuation is shown from its first content on")
    func continuation() throws {
        var resume = resume("text", .continuation)
        #expect(resume.take(try raw(#"{"choices":[{"index":0,"delta":{"role":"assistant"}}]}"#)).isSwallow)
        #expect(resume.take(try chunk(" again")).content == " again")
    }

    @Test("a continuation that looks like a repetition at first loses nothing")
    func doubtfulContinuation() throws {
        var resume = resume("text and more", .continuation)
        #expect(resume.take(try chunk("te")).isSwallow)
        #expect(resume.take(try chunk("xt")).isSwallow)
        #expect(resume.take(try chunk("ure")).content == "texture")
        #expect(resume.take(try chunk("!")).content == "!")
    }

    @Test(
        "a continuation that ends while it still looks like a repetition is shown",
        arguments: [
            #"{"index":0,"delta":{"content":""},"finish_reason":"stop"}"#,
            #"{"index":0,"delta":{"content":null},"finish_reason":"stop"}"#,
            #"{"index":0,"delta":{},"finish_reason":"stop"}"#, #"{"index":0,"delta":null,"finish_reason":"stop"}"#,
            #"{"index":0,"finish_reason":"stop"}"#,
        ]
    )
    func shortContinuation(choice: String) throws {
        var resume = resume("text and more", .continuation)
        #expect(resume.take(try chunk("te")).isSwallow)
        let action = resume.take(try raw(#"{"choices":[\#(choice)]}"#))
        #expect(action.content == "te")
        #expect(action.shown?.contains(#""finish_reason":"stop""#) == true)
    }

    @Test("a continuation may have nothing to add, but must say so")
    func emptyContinuation() throws {
        let end = #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#
        var resume = resume("text", .continuation)
        #expect(resume.take(try raw(end)).shown == "data: \(end)\n\n")
        var silent = self.resume("text", .continuation)
        #expect(silent.take(.done).isDivergence)
    }

    @Test("what is not text is no continuation while some of the text is held back", arguments: ["te", "text"])
    func doubtfulToolCall(beginning: String) throws {
        var resume = resume("text", .continuation)
        #expect(resume.take(try chunk(beginning)).isSwallow)
        let call = #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0}]}}]}"#
        #expect(resume.take(try raw(call)).isDivergence)
    }

    @Test("a server that begins anew although it should continue is seen through")
    func repeatedContinuation() throws {
        let text = "a text that is longer than any coincidence would be"
        var resume = resume(text, .continuation)
        #expect(resume.take(try chunk(String(text.prefix(40)))).isSwallow)
        #expect(resume.take(try chunk(text.dropFirst(40) + " and ends")).content == " and ends")
        var other = self.resume(text, .continuation)
        #expect(other.take(try chunk(String(text.prefix(40)))).isSwallow)
        #expect(other.take(try chunk("elsewhere")).isDivergence)
    }

    @Test("the chunk that tells the last of the text may bring the end as well", arguments: ["", "!"])
    func endInTheSameChunk(rest: String) throws {
        var resume = resume("text")
        #expect(resume.take(try chunk("te")).isSwallow)
        let action = resume.take(try chunk("xt" + rest, finish: "stop"))
        #expect(action.content == rest)
        #expect(action.shown?.contains(#""finish_reason":"stop""#) == true)
        #expect(resume.isMatched)
    }

    @Test(
        "what is not text passes when it comes after the text, and all that follows it",
        arguments: [
            #"{"id":"first","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1"}]}}]}"#,
            #"{"id":"first","choices":[{"index":0,"delta":{"function_call":{"name":"f"}}}]}"#,
            #"{"id":"first","choices":[{"index":0,"delta":{"refusal":"no"}}]}"#,
            #"{"id":"first","choices":[{"index":1,"delta":{"content":"another"}}]}"#,
            #"{"id":"first","choices":[{"index":0,"delta":{"content":"a"}},{"index":1,"delta":{"content":"b"}}]}"#,
            #"{"id":"first","choices":[],"usage":{"prompt_tokens":7}}"#,
        ],
        ["", "text"]
    )
    func afterTheText(json: String, text: String) throws {
        var resume = resume(text)
        #expect(resume.take(try chunk(text)).isSwallow)
        #expect(!resume.isMatched)
        #expect(resume.take(try raw(json)).shown == "data: \(json)\n\n")
        #expect(resume.isMatched)
        for follower in [try raw(#"{"choices":[]}"#), .comment("keep-alive"), try raw(json), .done] {
            #expect(resume.take(follower).shown == String(decoding: follower.raw, as: UTF8.self))
        }
    }

    @Test("an id is replaced where there is one, and only by one", arguments: [nil, "first"])
    func ids(id: String?) throws {
        for (before, after) in [
            ("", ""), (#""id":"second","#, id == nil ? #""id":"second","# : #""id":"first","#),
            (#""id":null,"#, id == nil ? #""id":null,"# : #""id":"first","#),
        ] {
            var resume = StreamResume(delivered: Array("te".utf8), expecting: .repetition, chunkID: id)
            let rest = #""choices":[{"index":0,"delta":{"content":"xt"}}]}"#
            let cut = resume.take(try raw("{" + before + rest.replacing("xt", with: "text")))
            #expect(cut.shown == "data: {" + after + rest + "\n\n")
            #expect(resume.take(try raw("{" + before + rest)).shown == "data: {" + after + rest + "\n\n")
        }
    }

    @Test("escapes and raw UTF-8 are the same text")
    func escapes() throws {
        var resume = resume("é\n\"x")
        let action = resume.take(try raw(#"{"choices":[{"index":0,"delta":{"content":"\u00e9\u000a\"\u0078😀"}}]}"#))
        #expect(action.content == "😀")
    }

    @Test("a character that is cut in two halves is one character, before the seam and in it")
    func surrogateHalves() throws {
        var resume = resume("a😀b")
        #expect(resume.take(try escaped(#"a\ud83d"#)).isSwallow)
        #expect(resume.take(try escaped("")).isSwallow)
        #expect(resume.take(try escaped(#"\uDE00b\uD83D"#)).isSwallow)
        #expect(resume.take(try escaped(#"\uDE00c"#)).content == "😀c")
        var cut = self.resume("a")
        #expect(cut.take(try escaped(#"a!\ud83d"#)).shown?.contains(#""content":"!\ud83d"}"#) == true)
        #expect(cut.take(try escaped(#"\ude00"#)).shown?.contains(#""content":"\ude00"}"#) == true)
    }

    @Test("every pair of halves is found, however its digits are written", arguments: ["d800", "dBff", "DAFF", "D97f"])
    func surrogatePairs(high: String) throws {
        var resume = resume("a")
        #expect(resume.take(try escaped(#"a\u\#(high)"#)).isSwallow)
        let character = try #require(Unicode.Scalar(UInt32((Int(high, radix: 16)! - 0xd800) << 10 + 0x10000)))
        #expect(resume.take(try escaped(#"\udc00"#)).content == String(character))
    }

    @Test("an escaped backslash begins no half of a character")
    func escapedBackslash() throws {
        var resume = resume(#"\ud83d"#)
        #expect(resume.take(try escaped(#"\\ud83d"#)).isSwallow)
        #expect(resume.take(try escaped("!")).content == "!")
        var odd = self.resume(#"\\"#)
        #expect(odd.take(try escaped(#"\\\\\ud83d"#)).isSwallow)
        #expect(odd.take(try escaped(#"\ude00"#)).content == "😀")
    }

    @Test("nobody goes on with a text that was cut inside a character", arguments: ["é", "漢", "😀"])
    func brokenText(character: String) throws {
        for length in 1..<character.utf8.count {
            let delivered = Array("a".utf8) + character.utf8.prefix(length)
            var resume = StreamResume(delivered: delivered, expecting: .repetition, chunkID: nil)
            #expect(resume.take(try chunk("a")).isSwallow)
            #expect(resume.take(try chunk(character + "!")).isDivergence)
        }
    }

    private func escaped(_ text: String) throws -> ProviderEvent {
        try raw(#"{"choices":[{"index":0,"delta":{"content":"\#(text)"}}]}"#)
    }
}

extension StreamResume.Action {
    /// The event that is shown, as the caller receives it; nil when none is.
    var shown: String? {
        guard case .emit(let event) = self else { return nil }
        return String(decoding: event.raw, as: UTF8.self)
    }

    /// The text that is shown; nil when none is.
    var content: String? {
        guard case .emit(let event) = self else { return nil }
        return event.chunk?["choices"]?[0]?["delta"]?["content"]?.string
    }

    var isSwallow: Bool { if case .swallow = self { true } else { false } }

    var isDivergence: Bool { if case .diverged = self { true } else { false } }
}
