/// An input in pieces: what comes over a network may be cut anywhere. The same bytes are always cut in the same ways.
struct Splits {
    private let bytes: [UInt8]
    private var state: UInt64

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // FNV-1a, so that one byte more cuts elsewhere.
        state = bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// Pieces of 1 to `longest` bytes.
    mutating func pieces(longest: Int) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(1 + Int(next() % UInt64(longest)))
            pieces.append(Array(piece))
            rest = rest.dropFirst(piece.count)
        }
        return pieces
    }

    /// In single bytes, in short pieces and in long ones.
    static func ways(of bytes: [UInt8]) -> [[[UInt8]]] {
        var splits = Splits(bytes)
        return [splits.pieces(longest: 1), splits.pieces(longest: 7), splits.pieces(longest: 200)]
    }

    /// SplitMix64.
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
