/// The pieces of text that a model knows, each with its rank: the lower, the earlier two halves become one.
///
///     let vocabulary = try BytePairVocabulary(tiktoken: bytes)    // lines such as `IHRoZQ== 262`
///     print(vocabulary.count)                                     // 199998
public struct BytePairVocabulary: Sendable {
    /// All pieces lie in one array: a hundred thousand small ones would take many times their size.
    private var ranks: [ArraySlice<UInt8>: Int32]

    /// How many pieces there are.
    public var count: Int { ranks.count }

    /// Reads the file format of `tiktoken`: a line for each piece, in Base64, with its rank.
    ///
    /// - Throws: which line is wrong, and how.
    public init(tiktoken bytes: [UInt8]) throws(BytePairVocabularyError) {
        var pieces: [UInt8] = []
        pieces.reserveCapacity(bytes.count / 2)
        var entries: [(range: Range<Int>, rank: Int32)] = []
        var number = 0
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            let line = line.last == 0x0D ? line.dropLast() : line
            guard !line.isEmpty else { continue }
            guard let space = line.firstIndex(of: 0x20) else {
                throw BytePairVocabularyError(
                    line: number,
                    "has no rank; it must be a piece in Base64, a space and a number"
                )
            }
            let start = pieces.count
            guard Self.decode(line[..<space], to: &pieces), pieces.count > start else {
                throw BytePairVocabularyError(line: number, "does not begin with Base64")
            }
            guard let rank = Int32(String(decoding: line[(space + 1)...], as: UTF8.self)), rank >= 0 else {
                throw BytePairVocabularyError(line: number, "does not end in a rank")
            }
            entries.append((start..<pieces.count, rank))
        }
        ranks = Dictionary(minimumCapacity: entries.count)
        for (range, rank) in entries { ranks[pieces[range]] = rank }
        for byte in UInt8.min...UInt8.max where ranks[[byte]] == nil {
            throw BytePairVocabularyError(line: nil, "the byte \(byte) is no piece: this is no vocabulary for bytes")
        }
    }

    /// The rank of a piece; nil: there is no such piece.
    func rank(_ piece: ArraySlice<UInt8>) -> Int32? { ranks[piece] }

    private static func decode(_ text: ArraySlice<UInt8>, to bytes: inout [UInt8]) -> Bool {
        guard text.count.isMultiple(of: 4) else { return false }
        var bits: UInt32 = 0
        var count = 0
        let digits = text.last == 0x3D ? text.dropLast(text.dropLast().last == 0x3D ? 2 : 1) : text
        for byte in digits {
            let value: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            default: return false
            }
            bits = bits << 6 | UInt32(value)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return true
    }
}

/// Why a file is no vocabulary.
public struct BytePairVocabularyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line that is wrong; nil: the whole.
    public let line: Int?
    /// What is wrong with it.
    public let message: String

    init(line: Int?, _ message: String) {
        self.line = line
        self.message = message
    }

    /// `line 3 does not end in a rank`
    public var description: String { line.map { "line \($0) \(message)" } ?? message }
}
