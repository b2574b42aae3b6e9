/// Sixteen bytes, and what in them is to be looked at; it also reads the next one.
struct SecretBlock {
    /// Four bits for each byte; one of them is set at colons, equals signs, the dash of `-B` and `-p`, and
    /// the beginning of `</`.
    let marks: UInt64
    /// Four bits for each byte, all of them set where it is a token's.
    let tokens: UInt64

    @inline(__always)
    init(_ text: SecretText, _ index: Int) {
        let block = text.load(index, as: SIMD16<Int8>.self)
        let next = text.load(index &+ 1, as: SIMD16<Int8>.self)
        let dashes = block .== SIMD16<Int8>(repeating: 0x2D)
        marks =
            Self.narrowed(
                (block .== SIMD16<Int8>(repeating: 0x3A))
                    .| (block .== SIMD16<Int8>(repeating: 0x3D))
                    .| (dashes .& ((next .== SIMD16<Int8>(repeating: 0x42)) .| (next .== SIMD16<Int8>(repeating: 0x70))))
                    .| ((block .== SIMD16<Int8>(repeating: 0x3C)) .& (next .== SIMD16<Int8>(repeating: 0x2F)))
            ) & 0x1111_1111_1111_1111
        tokens = Self.narrowed(
            Self.alphanumeric(block) .| (block .== SIMD16<Int8>(repeating: 0x5F)) .| dashes
        )
    }

    /// Where the token characters at a place end, and the `_` and `-` among them: four bits for each byte.
    @inline(__always)
    static func run(_ text: SecretText, _ index: Int) -> (length: Int, joints: UInt64) {
        let block = text.load(index, as: SIMD16<Int8>.self)
        let joints = narrowed(
            (block .== SIMD16<Int8>(repeating: 0x5F)) .| (block .== SIMD16<Int8>(repeating: 0x2D))
        )
        let length = (~(narrowed(alphanumeric(block)) | joints)).trailingZeroBitCount &>> 2
        let inside = length == 16 ? UInt64.max : (1 &<< UInt64(length &* 4)) &- 1
        return (length, joints & inside & 0x1111_1111_1111_1111)
    }

    /// How many token characters stand right before a place: 16 at most.
    @inline(__always)
    static func runBackwards(_ text: SecretText, _ end: Int) -> Int {
        let block = text.load(end &- 16, as: SIMD16<Int8>.self)
        let joints = (block .== SIMD16<Int8>(repeating: 0x5F)) .| (block .== SIMD16<Int8>(repeating: 0x2D))
        return (~narrowed(alphanumeric(block) .| joints)).leadingZeroBitCount &>> 2
    }

    @inline(__always)
    private static func alphanumeric(_ block: SIMD16<Int8>) -> SIMDMask<SIMD16<Int8>> {
        // Moved to the lower end of the signed range, so that one comparison says whether a byte is in an interval.
        let letters =
            (block | SIMD16<Int8>(repeating: 0x20)) &+ SIMD16<Int8>(repeating: Int8(truncatingIfNeeded: 0x80 - 0x61))
        let digits = block &+ SIMD16<Int8>(repeating: Int8(truncatingIfNeeded: 0x80 - 0x30))
        return (letters .< SIMD16<Int8>(repeating: -128 + 26)) .| (digits .< SIMD16<Int8>(repeating: -128 + 10))
    }

    /// A mask with four bits a lane, which fits one register.
    @inline(__always)
    private static func narrowed(_ mask: SIMDMask<SIMD16<Int8>>) -> UInt64 {
        let pairs = unsafeBitCast(mask, to: SIMD8<UInt16>.self)
        let bytes = SIMD8<UInt8>(truncatingIfNeeded: pairs &>> SIMD8<UInt16>(repeating: 4))
        return UInt64(littleEndian: unsafeBitCast(bytes, to: UInt64.self))
    }
}

/// Tells runs of token characters that are long enough for a token, from block to block: four full groups of four bytes
/// in a row.
struct RunMeter {
    private var singles: UInt64 = 0
    private var pairs: UInt64 = 0

    /// Whether such a run ends in, or goes on through, the block with these token characters.
    @inline(__always)
    mutating func isLong(after tokens: UInt64) -> Bool {
        let halves = tokens & (tokens &>> 4)
        let groups = halves & (halves &>> 8) & 0x0001_0001_0001_0001
        let inPairs = groups & (groups &<< 16 | singles &>> 48)
        let inFours = inPairs & (inPairs &<< 32 | pairs &>> 32)
        singles = groups
        pairs = inPairs
        return inFours != 0
    }
}
