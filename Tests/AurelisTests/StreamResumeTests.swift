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

    private func raw(_ json: String) throws -> ProviderEvent { try ScriptedAnswer.event(Array(json.utf8)) }

    private func resume(_ text: String, _ expectation: StreamResume.Expectation = .repetition) -> StreamResume {
        StreamResume(delivered: Array(text.utf8), expecting: expectation, chunkID: "first")
    }

    private func content(_ action: StreamResume.Action) -> String? {
        guard case .emit(let event) = action else { return nil }
        return event.chunk?["choices"]?[0]?["delta"]?["content"]?.string
    }

    private func diverges(_ action: StreamResume.Action) -> Bool { if case .diverged = action { true } else { false } }

    private func swallows(_ action: StreamResume.Action) -> Bool { if case .swallow = action { true } else { false } }

    @Test("the chunk in which the first text ends is cut in two; all else of it stays, but not its log-probabilities")
    func seam() throws {
        var resume = resume("Hello wor")
        #expect(swallows(resume.take(try chunk("Hello "))))
        #expect(!resume.isMatched)
        let action = resume.take(try chunk("world"))
        #expect(content(action) == "ld")
        guard case .emit(let event) = action else { return }
        #expect(
            String(decoding: event.raw, as: UTF8.self)
                == "data: "
                + #"{"id":"first","extra":{"a":1},"choices":[{"index":0,"delta":{"content":"ld","x":2},"finish_reason":null}]}"#
                + "\n\n"
        )
        #expect(resume.isMatched)
        #expect(content(resume.take(try chunk("!"))) == "!")
    }

    @Test("chunks after the seam keep every byte but their id")
    func after() throws {
        var resume = resume("")
        let event = try chunk("new")
        guard case .emit(let shown) = resume.take(event) else {
            Issue.record("nothing was shown")
            return
        }
        let expected = String(decoding: event.raw, as: UTF8.self).replacing("second", with: "first")
        #expect(String(decoding: shown.raw, as: UTF8.self) == expected)
    }

    @Test(
        "openings, comments and reasoning are swallowed until the seam",
        arguments: [
            #"{"choices":[],"prompt_filter_results":[]}"#, #"{"choices":[{"index":0,"delta":{"role":"assistant"}}]}"#,
            #"{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":null,"reasoning_content":"hm"}}]}"#,
        ]
    )
    func openings(json: String) throws {
        var resume = resume("text")
        #expect(swallows(resume.take(try raw(json))))
        #expect(swallows(resume.take(.comment("keep-alive"))))
        #expect(!resume.isMatched)
    }

    @Test(
        "another text, an early end, tool calls, refusals and further choices are another answer",
        arguments: [
            #"{"choices":[{"index":0,"delta":{"content":"tent"}}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":"te"},"finish_reason":"stop"}]}"#,
            #"{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}"#,
            #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0}]}}]}"#,
            #"{"choices":[{"index":0,"delta":{"refusal":"no"}}]}"#,
            #"{"choices":[{"index":1,"delta":{"content":"te"}}]}"#,
        ]
    )
    func divergence(json: String) throws {
        var resume = resume("text")
        #expect(diverges(resume.take(try raw(json))))
        #expect(!resume.isMatched)
    }

    @Test("the end before the text is repeated is another answer")
    func earlyDone() {
        var resume = resume("text")
        #expect(diverges(resume.take(.done)))
    }

    @Test("the same text to its end means that the answer was whole where it broke")
    func wholeAlready() throws {
        var resume = resume("text")
        #expect(swallows(resume.take(try chunk("text"))))
        guard
            case .emit(let event) = resume.take(
                try raw(#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#)
            )
        else {
            Issue.record("the end was not shown")
            return
        }
        #expect(event.chunk?["choices"]?[0]?["finish_reason"]?.string == "stop")
    }

    @Test("a continuation is shown from its first content on")
    func continuation() throws {
        var resume = resume("text", .continuation)
        #expect(swallows(resume.take(try raw(#"{"choices":[{"index":0,"delta":{"role":"assistant"}}]}"#))))
        #expect(content(resume.take(try chunk(" again"))) == " again")
    }

    @Test("a continuation that looks like a repetition at first loses nothing")
    func doubtfulContinuation() throws {
        var resume = resume("text and more", .continuation)
        #expect(swallows(resume.take(try chunk("te"))))
        #expect(swallows(resume.take(try chunk("xt"))))
        #expect(content(resume.take(try chunk("ure"))) == "texture")
        #expect(content(resume.take(try chunk("!"))) == "!")
        var short = self.resume("text", .continuation)
        #expect(swallows(short.take(try chunk("te"))))
        #expect(content(short.take(try chunk("", finish: "stop"))) == "te")
    }

    @Test("a server that begins anew although it should continue is seen through")
    func repeatedContinuation() throws {
        let text = "a text that is longer than any coincidence would be"
        var resume = resume(text, .continuation)
        #expect(swallows(resume.take(try chunk(String(text.prefix(40))))))
        #expect(content(resume.take(try chunk(text.dropFirst(40) + " and ends"))) == " and ends")
        var other = self.resume(text, .continuation)
        #expect(swallows(other.take(try chunk(String(text.prefix(40))))))
        #expect(diverges(other.take(try chunk("elsewhere"))))
    }

    @Test("escapes and raw UTF-8 are the same text")
    func escapes() throws {
        var resume = resume("é\n\"x")
        let action = resume.take(try raw(#"{"choices":[{"index":0,"delta":{"content":"\u00e9\u000a\"\u0078😀"}}]}"#))
        #expect(content(action) == "😀")
    }

    @Test("however both streams are cut, the caller's text and what is shown make the whole", arguments: 0..<300)
    func anyCut(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let pieces = ["a", "be", " ", "\n", "\"", "\\", "é", "漢", "😀", "e\u{301}", "the quick", "{}", "\u{7f}"]
        let scalars = Array(
            (0..<Int.random(in: 1...40, using: &random)).map { _ in pieces.randomElement(using: &random)! }
                .joined().unicodeScalars
        )
        let cut = Int.random(in: 0...scalars.count, using: &random)
        let text = { (part: ArraySlice<Unicode.Scalar>) in
            var string = String.UnicodeScalarView()
            string.append(contentsOf: part)
            return String(string)
        }
        var resume = resume(text(scalars[..<cut]))
        var shown: [UInt8] = Array(text(scalars[..<cut]).utf8)
        var position = 0
        var ended = false
        while position < scalars.count {
            let end = min(scalars.count, position + Int.random(in: 1...7, using: &random))
            ended = end == scalars.count && Bool.random(using: &random)
            switch resume.take(try chunk(text(scalars[position..<end]), finish: ended ? "stop" : nil)) {
            case .swallow: break
            case .diverged: Issue.record("diverged at \(position)")
            case .emit(let event):
                #expect(event.chunk?["id"]?.string == "first")
                #expect(try JSONDocument(Array(event.raw.dropFirst(6).dropLast(2))).bytes == event.chunk?.bytes)
                shown += (event.chunk?["choices"]?[0]?["delta"]?["content"]?.string ?? "").utf8
            }
            position = end
        }
        #expect(shown == Array(text(scalars[...]).utf8))
        #expect(ended ? resume.isMatched : true)
    }

    @Test("one changed character anywhere before the seam is another answer, and nothing was shown", arguments: 0..<200)
    func anyChange(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let text = Array(
            (0..<Int.random(in: 1...60, using: &random)).map { _ in "abcdé😀".randomElement(using: &random)! }
        )
        var changed = text
        changed[Int.random(in: text.indices, using: &random)] = "Z"
        var resume = resume(String(text))
        var position = 0
        while position < changed.count {
            let end = min(changed.count, position + Int.random(in: 1...5, using: &random))
            let action = resume.take(try chunk(String(changed[position..<end])))
            if diverges(action) { return }
            #expect(swallows(action))
            position = end
        }
        Issue.record("the change was not seen")
    }
}
