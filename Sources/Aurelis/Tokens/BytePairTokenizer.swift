/// Counts the tokens of a text exactly, by the vocabulary of a model.
///
///     let tokenizer = BytePairTokenizer(vocabulary, pattern: .o200k)
///     tokenizer.count("let answer = 42")      // 5
///
/// Texts such as `<|endoftext|>` count as what is written: in a prompt they are nothing else.
public struct BytePairTokenizer: Sendable {
    private let vocabulary: BytePairVocabulary
    private let pattern: TokenPattern

    /// A tokenizer over a vocabulary.
    ///
    /// - Parameter pattern: how that vocabulary's texts are cut before their pieces are joined.
    public init(_ vocabulary: BytePairVocabulary, pattern: TokenPattern) {
        self.vocabulary = vocabulary
        self.pattern = pattern
    }

    /// How many tokens a text has.
    public func count(_ text: String) -> Int {
        let scalars = ScalarText(text)
        var count = 0
        var start = 0
        while start < scalars.count {
            let end = pattern.end(of: start, in: scalars)
            count += self.count(piece: scalars.bytes(start..<end))
            start = end
        }
        return count
    }

    /// How many tokens a piece is when the two neighbours of the lowest rank are joined until none are left.
    private func count(piece: ArraySlice<UInt8>) -> Int {
        guard piece.count > 1, vocabulary.rank(piece) == nil else { return 1 }
        var parts = BytePairMerge(piece)
        return parts.merge { vocabulary.rank($0) }
    }
}

/// A piece on its way from bytes to tokens.
///
/// A heap of pairs finds the next to join, so that a piece of a hundred thousand letters takes no longer than as many
/// words do.
private struct BytePairMerge {
    private struct Pair {
        let rank: Int32
        let start: Int
        /// The ends of both halves when it was found: what has changed since is no longer this pair.
        let middle: Int
        let end: Int

        static func < (one: Pair, other: Pair) -> Bool { (one.rank, one.start) < (other.rank, other.start) }
    }

    private let bytes: ArraySlice<UInt8>
    /// Where the part that begins at a place ends; 0: none begins there.
    private var ends: [Int]
    /// Where the part before it begins.
    private var previous: [Int]
    private var heap: [Pair] = []

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        ends = Array(1...bytes.count)
        previous = Array(-1..<(bytes.count - 1))
    }

    /// How many parts are left in the end.
    mutating func merge(_ rank: (ArraySlice<UInt8>) -> Int32?) -> Int {
        var count = ends.count
        for start in 0..<(count - 1) { find(start, rank) }
        while let pair = pop() {
            guard ends[pair.start] == pair.middle, ends[pair.middle] == pair.end else { continue }
            ends[pair.start] = pair.end
            ends[pair.middle] = 0
            if pair.end < ends.count { previous[pair.end] = pair.start }
            count -= 1
            find(pair.start, rank)
            if previous[pair.start] >= 0 { find(previous[pair.start], rank) }
        }
        return count
    }

    private mutating func find(_ start: Int, _ rank: (ArraySlice<UInt8>) -> Int32?) {
        let middle = ends[start]
        guard middle < ends.count else { return }
        let end = ends[middle]
        let base = bytes.startIndex
        guard let rank = rank(bytes[(base + start)..<(base + end)]) else { return }
        push(Pair(rank: rank, start: start, middle: middle, end: end))
    }

    private mutating func push(_ pair: Pair) {
        heap.append(pair)
        var index = heap.count - 1
        while index > 0, heap[index] < heap[(index - 1) / 2] {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    private mutating func pop() -> Pair? {
        guard let first = heap.first else { return nil }
        heap[0] = heap[heap.count - 1]
        heap.removeLast()
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count && heap[child] < heap[least] {
                least = child
            }
            guard least != index else { return first }
            heap.swapAt(index, least)
            index = least
        }
    }
}
