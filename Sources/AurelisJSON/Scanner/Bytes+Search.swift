/// Searches that look at 16 bytes at a time.
///
/// Both sides of a comparison are vectors of a spelled-out type: with a scalar, or with one inferred, the compiler
/// may choose generic operators, which loop over the lanes.
extension Bytes {
    /// The first byte at or after `index` that is not plain string text: a quote, a backslash, a control character or
    /// anything beyond ASCII; `count` when there is none.
    @inline(__always)
    func endOfPlainText(_ index: Int) -> Int {
        var index = index
        while index &+ 16 <= count {
            let block = load(index, as: SIMD16<Int8>.self)
            // Signed: bytes from 0x80 are negative, so one comparison finds them and the control characters.
            let offset = Self.firstHit(
                (block .< SIMD16<Int8>(repeating: 0x20))
                    .| (block .== SIMD16<Int8>(repeating: 0x22))
                    .| (block .== SIMD16<Int8>(repeating: 0x5C))
            )
            if offset < 16 { return index &+ offset }
            index &+= 16
        }
        while index < count {
            let byte = Int8(bitPattern: base[index])
            if byte < 0x20 || byte == 0x22 || byte == 0x5C { return index }
            index &+= 1
        }
        return index
    }

    /// The first byte at or after `index` that a JSON string must escape; `count` when there is none.
    @inline(__always)
    func endOfUnescapedText(_ index: Int) -> Int {
        var index = index
        while index &+ 16 <= count {
            let block = load(index, as: SIMD16<Int8>.self)
            let offset = Self.firstHit(
                ((block .< SIMD16<Int8>(repeating: 0x20)) .& (block .>= SIMD16<Int8>(repeating: 0)))
                    .| (block .== SIMD16<Int8>(repeating: 0x22))
                    .| (block .== SIMD16<Int8>(repeating: 0x5C))
            )
            if offset < 16 { return index &+ offset }
            index &+= 16
        }
        while index < count, base[index] >= 0x20, base[index] != 0x22, base[index] != 0x5C { index &+= 1 }
        return index
    }

    /// The first quote or backslash at or after `index`; `count` when there is none.
    @inline(__always)
    func quoteOrBackslash(_ index: Int) -> Int {
        var index = index
        while index &+ 16 <= count {
            let block = load(index, as: SIMD16<Int8>.self)
            let offset = Self.firstHit(
                (block .== SIMD16<Int8>(repeating: 0x22)) .| (block .== SIMD16<Int8>(repeating: 0x5C))
            )
            if offset < 16 { return index &+ offset }
            index &+= 16
        }
        while index < count, base[index] != 0x22, base[index] != 0x5C { index &+= 1 }
        return index
    }

    /// Where the 16 bytes at `index` hold quotes, backslashes, braces and brackets: one bit for each, 4 bits a byte.
    @inline(__always)
    func structure(_ index: Int) -> UInt64 {
        let block = load(index, as: SIMD16<Int8>.self)
        // `[` and `{`, `]` and `}` differ in one bit.
        let folded = block | SIMD16<Int8>(repeating: 0x20)
        let hits = Self.narrowed(
            (block .== SIMD16<Int8>(repeating: 0x22))
                .| (block .== SIMD16<Int8>(repeating: 0x5C))
                .| (folded .== SIMD16<Int8>(repeating: 0x7B))
                .| (folded .== SIMD16<Int8>(repeating: 0x7D))
        )
        return hits & 0x1111_1111_1111_1111
    }

    /// The first true lane, or 16.
    @inline(__always)
    private static func firstHit(_ mask: SIMDMask<SIMD16<Int8>>) -> Int {
        narrowed(mask).trailingZeroBitCount &>> 2
    }

    /// A mask with four bits a lane, which fits one register: as near to a "move mask" as portable Swift comes.
    @inline(__always)
    private static func narrowed(_ mask: SIMDMask<SIMD16<Int8>>) -> UInt64 {
        let pairs = unsafeBitCast(mask, to: SIMD8<UInt16>.self)
        let bytes = SIMD8<UInt8>(truncatingIfNeeded: pairs &>> SIMD8<UInt16>(repeating: 4))
        return UInt64(littleEndian: unsafeBitCast(bytes, to: UInt64.self))
    }
}
