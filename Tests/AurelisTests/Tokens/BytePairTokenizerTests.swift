import AurelisTesting
import Foundation
import Testing

@testable import Aurelis

@Suite("Byte pair tokenizer")
struct BytePairTokenizerTests {
    @Test("the neighbours of the lowest rank are joined first, whatever the vocabulary", arguments: 0..<150)
    func merges(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let letters = Array("abc".utf8)
        var pieces: [[UInt8]] = letters.map { [$0] }
        for _ in 0..<Int.random(in: 1...30, using: &random) {
            guard let one = pieces.randomElement(using: &random), let two = pieces.randomElement(using: &random)
            else { continue }
            if one.count + two.count <= 12, !pieces.contains(one + two) { pieces.append(one + two) }
        }
        let ranked = pieces.dropFirst(3).shuffled(using: &random)
        let vocabulary = try BytePairVocabulary(tiktoken: Self.file(ranked))
        let tokenizer = BytePairTokenizer(vocabulary, pattern: .cl100k)
        for _ in 0..<20 {
            let text = (0..<Int.random(in: 0...40, using: &random)).map { _ in letters.randomElement(using: &random)! }
            let expected = text.isEmpty ? 0 : Self.merged(text) { vocabulary.rank($0[...]) }
            #expect(tokenizer.count(String(decoding: text, as: UTF8.self)) == expected)
        }
    }

    /// By the definition: again and again, the first pair of the lowest rank.
    private static func merged(_ text: [UInt8], _ rank: ([UInt8]) -> Int32?) -> Int {
        if rank(text) != nil { return 1 }
        var parts = text.map { [$0] }
        while true {
            let ranks = zip(parts, parts.dropFirst()).enumerated().compactMap { index, pair in
                rank(pair.0 + pair.1).map { (rank: $0, index: index) }
            }
            guard let best = ranks.min(by: { ($0.rank, $0.index) < ($1.rank, $1.index) }) else { return parts.count }
            parts.replaceSubrange(best.index...(best.index + 1), with: [parts[best.index] + parts[best.index + 1]])
        }
    }

    @Test("a word without any space is no trap")
    func longWord() throws {
        let tokenizer = BytePairTokenizer(
            try BytePairVocabulary(tiktoken: Self.file([Array("aa".utf8), Array("aaaa".utf8)])),
            pattern: .o200k
        )
        #expect(tokenizer.count(String(repeating: "a", count: 100_000)) == 25_000)
    }

    @Test("texts are cut where the regular expressions cut them", arguments: TokenPattern.allCases, 0..<60)
    func pieces(pattern: TokenPattern, seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let alphabet: [String] = [
            "a", "b", "Z", "Q", "'s", "'LL", "'re", "'", "’", "ß", "É", "ǅ", "ʰ", "中", "の", "\u{301}", "1", "23",
            "4567", "٣",
            "½", " ", " ", "  ", "\t", "\u{A0}", "\u{3000}", "\n", "\r\n", "\n\n", ".", "!?", "/", "//", "_", "😀",
            "\u{17F}",
        ]
        for _ in 0..<10 {
            let text = (0..<Int.random(in: 1...25, using: &random)).map { _ in alphabet.randomElement(using: &random)! }
                .joined()
            let scalars = ScalarText(text)
            var cuts: [String] = []
            var start = 0
            while start < scalars.count {
                let end = pattern.end(of: start, in: scalars)
                try #require(end > start)
                cuts.append(String(decoding: scalars.bytes(start..<end), as: UTF8.self))
                start = end
            }
            #expect(cuts == (try Self.pieces(of: text, Self.expressions[pattern]!)), "\(text.debugDescription)")
        }
    }

    private static let expressions: [TokenPattern: String] = [
        .cl100k:
            #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s+$|\s*[\r\n]+|\s+(?!\S)|\s+"#,
        .o200k:
            #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#,
    ]

    private static func pieces(of text: String, _ pattern: String) throws -> [String] {
        let expression = try NSRegularExpression(pattern: pattern)
        let whole = text as NSString
        return expression.matches(in: text, range: NSRange(location: 0, length: whole.length))
            .map { whole.substring(with: $0.range) }
    }

    @Test("what is no vocabulary says which line is wrong, and how")
    func damagedFiles() {
        func failure(_ text: String) -> String? {
            do throws(BytePairVocabularyError) {
                _ = try BytePairVocabulary(tiktoken: Array(text.utf8))
                return nil
            } catch { return "\(error)" }
        }
        #expect(failure("YQ== 0\nYg==\n")?.hasPrefix("line 2 has no rank") == true)
        #expect(failure("YQ== 0\n\n!!!! 1") == "line 3 does not begin with Base64")
        #expect(failure(" 1") == "line 1 does not begin with Base64")
        #expect(failure("YQ== one") == "line 1 does not end in a rank")
        #expect(failure("YQ== -1") == "line 1 does not end in a rank")
        #expect(failure("YQ== 1 2") == "line 1 does not end in a rank")
        #expect(failure("<html>")?.hasPrefix("line 1 has no rank") == true)
        #expect(failure("YQ== 0")?.contains("no vocabulary for bytes") == true)
        #expect(failure("") != nil)
    }

    @Test("ends of lines may be those of Windows, and empty lines are none")
    func lineEnds() throws {
        let file = String(decoding: Self.file([Array("ab".utf8)]), as: UTF8.self)
        let vocabulary = try BytePairVocabulary(tiktoken: Array(file.replacing("\n", with: "\r\n\r\n").utf8))
        #expect(vocabulary.count == 257 && vocabulary.rank(Array("ab".utf8)[...]) == 256)
    }

    @Test("a model's tokenizer is the first that names it, wholly or by its beginning")
    func models() throws {
        let vocabulary = try BytePairVocabulary(tiktoken: Self.file([Array("ab".utf8)]))
        var tokenizers = ModelTokenizers()
        #expect(tokenizers["openai/gpt-4o"] == nil)
        tokenizers.add(BytePairTokenizer(vocabulary, pattern: .cl100k), for: ["openai/GPT-4", "local"])
        tokenizers.add(BytePairTokenizer(vocabulary, pattern: .o200k), for: ["openai/gpt-4*"])
        #expect(tokenizers.index(of: "openai/gpt-4") == 0 && tokenizers.index(of: "Local") == 0)
        #expect(tokenizers.index(of: "openai/gpt-4o-mini") == 1 && tokenizers.index(of: "openai/gpt-3.5") == nil)
    }

    /// A vocabulary of all bytes and some pieces more, each as early as it stands.
    static func file(_ pieces: [[UInt8]]) -> [UInt8] {
        let all = (UInt8.min...UInt8.max).map { [$0] } + pieces
        let lines = all.enumerated().map { "\(Data($0.element).base64EncodedString()) \($0.offset)\n" }
        return Array(lines.joined().utf8)
    }
}
