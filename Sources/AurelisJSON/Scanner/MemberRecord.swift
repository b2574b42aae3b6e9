/// Where a member of the top-level object lies, in bytes from the start of the text.
struct MemberRecord: BitwiseCopyable, Sendable {
    /// The first byte of the name, after its quote.
    var nameStart: UInt32
    /// The name's closing quote. The top bit is kept for `mayHaveEscapes`.
    private var nameEndAndFlag: UInt32
    /// The value's first byte.
    var valueStart: UInt32
    /// The byte after the value.
    var valueEnd: UInt32

    @inline(__always)
    init(name: Range<Int>, mayHaveEscapes: Bool, value: Range<Int>) {
        nameStart = UInt32(truncatingIfNeeded: name.lowerBound)
        nameEndAndFlag = UInt32(truncatingIfNeeded: name.upperBound) | (mayHaveEscapes ? 1 << 31 : 0)
        valueStart = UInt32(truncatingIfNeeded: value.lowerBound)
        valueEnd = UInt32(truncatingIfNeeded: value.upperBound)
    }

    /// The name without its quotes, as it is written.
    @inline(__always)
    var name: Range<Int> {
        Range(uncheckedBounds: (Int(nameStart), Int(nameEndAndFlag & 0x7FFF_FFFF)))
    }

    /// The value.
    @inline(__always)
    var value: Range<Int> { Range(uncheckedBounds: (Int(valueStart), Int(valueEnd))) }

    /// Whether the name must be unescaped before it is compared.
    @inline(__always)
    var mayHaveEscapes: Bool { nameEndAndFlag >> 31 != 0 }

    /// The same member after the text before it has grown (or shrunk) by some bytes.
    func moved(by distance: Int) -> MemberRecord {
        MemberRecord(
            name: name.lowerBound + distance..<name.upperBound + distance,
            mayHaveEscapes: mayHaveEscapes,
            value: value.lowerBound + distance..<value.upperBound + distance
        )
    }
}

extension MemberRecord {
    /// Whether this is the member's name, unescaped.
    @inline(__always)
    func isNamed(_ name: UnsafeBufferPointer<UInt8>, in text: Bytes) -> Bool {
        let range = self.name
        if mayHaveEscapes { return text.unescapedEquals(range.lowerBound, range.upperBound, name) }
        return text.equals(range.lowerBound, range.upperBound, name)
    }
}
