import AurelisJSON
import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Fitting streams, generated sequences")
struct StreamResumeSequenceTests {
    private let pieces = [
        "a", "be", " ", "\n", "\"", "\\", "é", "漢", "😀", "e\u{301}", "the quick", "{}", "\u{7f}", "\\u",
    ]

    /// How a server writes its text.
    private enum Spelling: CaseIterable {
        /// As little as possible is escaped, and no character is cut.
        case plain
        /// Whatever comes to mind is escaped, and no character is cut.
        case mixed
        /// All is escaped, and the text is cut by UTF-16 units.
        case units
    }

    private func text(_ pieces: [String], upTo count: Int, _ random: inout SplitMix64) -> String {
        (0..<Int.random(in: 0...count, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
    }

    /// The text between the quotes of some chunks.
    private func chunks(of text: String, _ random: inout SplitMix64) -> [String] {
        let spelling = Spelling.allCases.randomElement(using: &random)!
        let atoms: [String] =
            if spelling == .units {
                text.utf16.map(escape)
            } else {
                text.unicodeScalars.map { scalar in
                    if spelling == .mixed, Bool.random(using: &random) {
                        return UTF16.encode(scalar)!.map(escape).joined()
                    }
                    return String(
                        decoding: JSONFragment.string(String(scalar)).bytes.dropFirst().dropLast(),
                        as: UTF8.self
                    )
                }
            }
        let longest = Int.random(in: 1...9, using: &random)
        var chunks: [String] = []
        var rest = atoms[...]
        while !rest.isEmpty {
            let length = Int.random(in: 0...longest, using: &random)
            chunks.append(rest.prefix(length).joined())
            rest = rest.dropFirst(length)
        }
        return chunks
    }

    private func escape(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }

    /// The events of an answer: an opening, chunks, now and then a comment or reasoning, an end.
    private func events(_ text: String, _ random: inout SplitMix64) throws -> [ProviderEvent] {
        var events = [try event(#""role":"assistant","content":"""#)]
        var chunks = chunks(of: text, &random)
        let last = Bool.random(using: &random) ? chunks.popLast() : nil
        for chunk in chunks {
            if Int.random(in: 0..<8, using: &random) == 0 { events.append(.comment("still here")) }
            if Int.random(in: 0..<8, using: &random) == 0 { events.append(try event(#""tool_calls":[]"#)) }
            events.append(try event(#""x":[1],"content":"\#(chunk)""#))
        }
        events.append(try event(last.map { #""content":"\#($0)""# } ?? "", finish: #""stop""#))
        if Bool.random(using: &random) { events.append(try document(#"{"id":"b","choices":[],"usage":{}}"#)) }
        return events + [.done]
    }

    private func event(_ delta: String, finish: String = "null") throws -> ProviderEvent {
        try document(#"{"id":"b","choices":[{"index":0,"delta":{\#(delta)},"finish_reason":\#(finish)}]}"#)
    }

    private func document(_ json: String) throws -> ProviderEvent {
        ProviderEvent(try JSONDocument(Array(json.utf8), limits: .response))
    }

    /// The text that a caller who joins the chunks has got, the delivered text included; nil when it diverged.
    private func told(_ delivered: String, then events: [ProviderEvent], _ resume: inout StreamResume) throws -> String?
    {
        var escaped = JSONFragment.string(delivered).bytes.dropLast()
        for event in events {
            switch resume.take(event) {
            case .swallow: #expect(!resume.isMatched)
            case .diverged:
                #expect(!resume.isMatched)
                return nil
            case .emit(let shown):
                #expect(resume.isMatched)
                guard let chunk = shown.chunk else { continue }
                #expect(shown.raw == Array("data: \(chunk)\n\n".utf8))
                #expect(try JSONDocument(chunk.bytes, limits: .response)["id"]?.string == "a")
                let content = chunk["choices"]?[0]?["delta"]?["content"]
                escaped += content?.raw.dropFirst().dropLast() ?? []
            }
        }
        // Strict: halves of characters must have found each other.
        return try JSONDocument(Array(escaped) + [UInt8(ascii: "\"")]).root.string
    }

    @Test("however a second stream is cut and spelt, the caller gets the whole text and its end", arguments: 0..<400)
    func repetition(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let whole = Array(text(pieces, upTo: 40, &random).unicodeScalars)
        let cut = Int.random(in: 0...whole.count, using: &random)
        let delivered = String(String.UnicodeScalarView(whole[..<cut]))
        let expectation: StreamResume.Expectation =
            delivered.utf8.count > 32 && Bool.random(using: &random) ? .continuation : .repetition
        var resume = StreamResume(delivered: Array(delivered.utf8), expecting: expectation, chunkID: "a")
        let events = try events(String(String.UnicodeScalarView(whole)), &random)
        let told = try told(delivered, then: events, &resume)
        #expect(told.map { Array($0.utf8) } == Array(String(String.UnicodeScalarView(whole)).utf8))
        #expect(resume.isMatched)
    }

    @Test("a continuation loses nothing, though it may look like a repetition at first", arguments: 0..<200)
    func continuation(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let delivered = text(["a", "b", "😀"], upTo: 30, &random)
        let rest = text(["a", "b", "😀"], upTo: 7, &random)
        var resume = StreamResume(delivered: Array(delivered.utf8), expecting: .continuation, chunkID: "a")
        #expect(try told(delivered, then: try events(rest, &random), &resume) == delivered + rest)
    }

    @Test("one changed scalar anywhere before the seam is another answer, and nothing was shown", arguments: 0..<300)
    func change(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let delivered = Array((text(pieces, upTo: 40, &random) + "a").unicodeScalars)
        var other = delivered
        // From a neighbour in UTF-8 to something of another length.
        let place = Int.random(in: other.indices, using: &random)
        let neighbour = Unicode.Scalar(other[place].value ^ 1)
        other[place] = [neighbour, "Z", "漣", "😁"].compactMap { $0 }.filter { $0 != other[place] }
            .randomElement(using: &random)!
        let bytes = Array(String(String.UnicodeScalarView(delivered)).utf8)
        var resume = StreamResume(delivered: bytes, expecting: .repetition, chunkID: "a")
        let answer = String(String.UnicodeScalarView(other)) + text(pieces, upTo: 9, &random)
        #expect(try told("", then: try events(answer, &random), &resume) == nil)
    }

    @Test("an answer that ends before the seam is another answer, and nothing was shown", arguments: 0..<100)
    func shortAnswer(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let delivered = Array((text(pieces, upTo: 40, &random) + "a").unicodeScalars)
        let bytes = Array(String(String.UnicodeScalarView(delivered)).utf8)
        var resume = StreamResume(delivered: bytes, expecting: .repetition, chunkID: "a")
        let length = Int.random(in: 0..<delivered.count, using: &random)
        let answer = String(String.UnicodeScalarView(delivered[..<length]))
        #expect(try told("", then: try events(answer, &random), &resume) == nil)
    }
}
