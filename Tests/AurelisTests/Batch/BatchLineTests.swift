import AurelisJSON
import Testing

@testable import Aurelis

@Suite("Batch: the lines of its input")
struct BatchLineTests {
    private static func line(_ text: String) -> BatchLine { BatchLine(reading: Array(text.utf8), number: 7) }

    @Test("a chat completion and an embedding, with every byte of their bodies")
    func reads() throws {
        let chat = Self.line(
            #"{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{ "model":"gpt-4o","x":1.0,"messages":[{"role":"user","content":"hi"}]}}"#
        )
        #expect(chat.item.customID == "a")
        let call = try chat.item.call.get()
        #expect(call.operation == .chatCompletion && call.model == .gpt4o)
        #expect(call.body.description == #"{ "model":"gpt-4o","x":1.0,"messages":[{"role":"user","content":"hi"}]}"#)
        let vector = Self.line(
            #"{"custom_id":"b","method":"POST","url":"/v1/embeddings","body":{"model":"text-embedding-3-small","input":"x"}}"#
        )
        #expect(try vector.item.call.get().operation == .embedding)
    }

    private static let body = #""body":{"model":"gpt-4o","messages":[{"role":"user","content":"x"}]}"#
    static let mistakes: [(String, String, String)] = [
        ("{", "invalid_json_line", "line 7 is not JSON"),
        ("[]", "invalid_custom_id", "custom_id"),
        (#"{"method":"POST","url":"/v1/embeddings",\#(body)}"#, "invalid_custom_id", "custom_id"),
        (#"{"custom_id":"","method":"POST","url":"/v1/chat/completions",\#(body)}"#, "invalid_custom_id", "custom_id"),
        (#"{"custom_id":"a","method":"GET","url":"/v1/chat/completions",\#(body)}"#, "invalid_method", "POST"),
        (#"{"custom_id":"a","method":"POST","url":"/v1/images",\#(body)}"#, "invalid_url", "/v1/embeddings"),
        (
            #"{"custom_id":"a","method":"POST","url":"/v1/responses","body":{"model":"gpt-4o","input":"x"}}"#,
            "invalid_url",
            "put lines for \"/v1/responses\" as chat completions"
        ),
        (#"{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":3}"#, "invalid_body", "body"),
        (
            #"{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"x","model":"y"}}"#,
            "invalid_body", "cannot be used: "
        ),
        (
            #"{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"x"}}"#, "invalid_request",
            "line 7: 'messages' is missing"
        ),
        (
            #"{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"stream":true,"model":"x","messages":[{"role":"user"}]}}"#,
            "stream_not_supported", "line 7"
        ),
    ]

    @Test("a mistake says what it is, in which line", arguments: mistakes)
    func mistake(text: String, code: String, words: String) throws {
        let error = try #require(throws: ModelError.self) { try Self.line(text).item.call.get() }
        #expect(error.code == code && error.category == .invalidRequest)
        #expect(error.message.contains(words) && error.message.contains("line 7"))
    }

    @Test("a line with a mistake keeps its name, so that its result is found")
    func keepsName() {
        #expect(Self.line(#"{"custom_id":"a","method":"GET"}"#).item.customID == "a")
        #expect(Self.line("{").item.customID == nil)
    }

    @Test("lines are found whatever the pieces; empty ones count and are left out", arguments: 1...12)
    func splits(size: Int) {
        let text = Array("one\n\n  \ntwö\r\nthree".utf8)
        var splitter = LineSplitter(limit: 100)
        var lines: [LineSplitter.Line] = []
        for start in stride(from: 0, to: text.count, by: size) {
            splitter.append(Array(text[start..<min(start + size, text.count)]))
            while let line = splitter.next() { lines.append(line) }
        }
        splitter.finish()
        while let line = splitter.next() { lines.append(line) }
        #expect(lines.map(\.number) == [1, 4, 5])
        #expect(lines.map { String(decoding: $0.bytes, as: UTF8.self) } == ["one", "twö\r", "three"])
    }

    @Test("a byte order mark at the beginning is no part of the first line", arguments: [1, 2, 3, 100])
    func byteOrderMark(size: Int) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        func lines(_ bytes: [UInt8]) -> [LineSplitter.Line] {
            var splitter = LineSplitter(limit: 10)
            var lines: [LineSplitter.Line] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                splitter.append(Array(bytes[start..<min(start + size, bytes.count)]))
                while let line = splitter.next() { lines.append(line) }
            }
            splitter.finish()
            while let line = splitter.next() { lines.append(line) }
            return lines
        }
        #expect(lines(mark + Array("one\ntwo".utf8)) == lines(Array("one\ntwo".utf8)))
        #expect(lines(mark).isEmpty && lines(mark + [0x0A]).isEmpty)
        #expect(lines(Array("one\n".utf8) + mark).last?.bytes == mark)
    }

    @Test("of a line that is too long no more is held than shows that it is")
    func tooLong() {
        var splitter = LineSplitter(limit: 4)
        for _ in 0..<100 {
            splitter.append(Array("xxxxxxxxxx".utf8))
            #expect(splitter.next() == nil)
        }
        splitter.append(Array("\nab\n".utf8))
        #expect(splitter.next() == LineSplitter.Line(number: 1, bytes: Array("xxxxx".utf8), isCut: true))
        #expect(splitter.next() == LineSplitter.Line(number: 2, bytes: Array("ab".utf8), isCut: false))
        #expect(splitter.next() == nil)
    }

    @Test("a line that is too long is an error of that line")
    func longLine() throws {
        let line = BatchLine(LineSplitter.Line(number: 7, bytes: Array(repeating: 0x20, count: 2 << 20), isCut: true))
        let error = try #require(throws: ModelError.self) { try line.item.call.get() }
        #expect(error.code == "line_too_long" && error.message == "line 7 is longer than 2 MB")
    }

    @Test("the digest of an input counts every byte and every place")
    func digest() {
        func value(_ lines: (Int, String)...) -> String {
            var digest = InputDigest()
            for (number, text) in lines {
                digest.update(LineSplitter.Line(number: number, bytes: Array(text.utf8), isCut: false))
            }
            return digest.value
        }
        let values = [
            value(), value((1, "a")), value((2, "a")), value((1, "b")), value((1, "a"), (2, "b")),
            value((1, "a2 1\nb")),
        ]
        #expect(Set(values).count == values.count)
        #expect(value((1, "a")) == values[1] && values[1].utf8.count == 64)
    }
}
