/// Takes the escapes out of a quoted text, block by block, and finds the way back.
///
/// Tolerant, because what lies between quotes need not be JSON: what is no escape stands for itself.
struct TextUnescaping {
    /// How many bytes were written.
    let written: Int
    /// Where the closing quote is, or the text ends.
    let end: Int
    /// Whether a backslash is left, so that there may be escapes within.
    let hasBackslash: Bool

    /// How much room is needed beyond the length of the text: blocks are written whole.
    static let slack = 16

    /// Unescapes from behind an opening quote up to the closing one.
    init(_ text: SecretText, from start: Int, into output: UnsafeMutablePointer<UInt8>) {
        let simple = TextEscape.simple
        // Locals stay in registers.
        var (index, written, hasBackslash) = (start, 0, false)
        // An escape that begins in a block may end behind it, and what follows that is copied as a block, too.
        let lastBlock = text.count &- 33
        blocks: while index <= lastBlock {
            Self.copyBlock(text, index, to: output + written)
            var hits = Self.quotesAndBackslashes(text.load(index, as: SIMD16<UInt8>.self))
            // Where in the block that begins which lies at the end of what was written.
            var from = 0
            while hits != 0 {
                let place = hits.trailingZeroBitCount &>> 2
                written &+= place &- from
                guard text[index &+ place] == UInt8(ascii: "\\") else {
                    self.init(written: written, end: index &+ place, hasBackslash: hasBackslash)
                    return
                }
                let plain = simple[Int(text[index &+ place &+ 1])]
                guard plain != 0 else {
                    index &+= place
                    (index, written) = Self.unescape(text, index, to: output, written, &hasBackslash)
                    continue blocks
                }
                if plain == UInt8(ascii: "\\") { hasBackslash = true }
                output[written] = plain
                written &+= 1
                from = place &+ 2
                Self.copyBlock(text, index &+ from, to: output + written)
                // Neither this one nor what it escapes; behind the last place that is shifted out.
                let hit = hits & (0 &- hits)
                hits &= ~(hit | hit &<< 4)
            }
            // As branches, so that the next block need not wait for where the last escape was.
            if from > 16 {
                index &+= 17
            } else {
                written &+= 16 &- from
                index &+= 16
            }
        }
        while index < text.count, text[index] != UInt8(ascii: "\"") {
            if text[index] == UInt8(ascii: "\\") {
                (index, written) = Self.unescape(text, index, to: output, written, &hasBackslash)
            } else {
                output[written] = text[index]
                written &+= 1
                index &+= 1
            }
        }
        self.init(written: written, end: index, hasBackslash: hasBackslash)
    }

    private init(written: Int, end: Int, hasBackslash: Bool) {
        self.written = written
        self.end = end
        self.hasBackslash = hasBackslash
    }

    @inline(__always)
    private static func copyBlock(_ text: SecretText, _ index: Int, to output: UnsafeMutablePointer<UInt8>) {
        UnsafeMutableRawPointer(output).storeBytes(of: text.load(index, as: SIMD16<UInt8>.self), as: SIMD16<UInt8>.self)
    }

    /// Writes what one escape stands for, and says where to go on.
    @inline(never)
    private static func unescape(
        _ text: SecretText,
        _ index: Int,
        to output: UnsafeMutablePointer<UInt8>,
        _ written: Int,
        _ hasBackslash: inout Bool
    ) -> (index: Int, written: Int) {
        let escape = TextEscape(text, index)
        if escape.first == UInt8(ascii: "\\") { hasBackslash = true }
        return (index &+ escape.length, written &+ escape.write(to: output + written))
    }

    /// The places in the escaped text that make up some ranges of the plain one, which are in order.
    static func sources(of ranges: [Range<Int>], in text: SecretText, from start: Int) -> [Range<Int>] {
        var sources: [Range<Int>] = []
        var index = start
        var place = 0
        var lower = start
        for range in ranges {
            var upper = index
            while index < text.count, place < range.upperBound {
                let escape = text[index] == UInt8(ascii: "\\") ? TextEscape(text, index) : nil
                let width = escape?.width ?? 1
                if place <= range.lowerBound { lower = index }
                index += escape?.length ?? 1
                place += width
                upper = index
            }
            sources.append(lower..<max(lower, upper))
        }
        return sources
    }

    /// Where quotes and backslashes are: four bits for each byte, of which the lowest is set or not.
    @inline(__always)
    private static func quotesAndBackslashes(_ block: SIMD16<UInt8>) -> UInt64 {
        let hits = (block .== SIMD16<UInt8>(repeating: 0x22)) .| (block .== SIMD16<UInt8>(repeating: 0x5C))
        let pairs = unsafeBitCast(hits, to: SIMD8<UInt16>.self)
        let bytes = SIMD8<UInt8>(truncatingIfNeeded: pairs &>> SIMD8<UInt16>(repeating: 4))
        return UInt64(littleEndian: unsafeBitCast(bytes, to: UInt64.self)) & 0x1111_1111_1111_1111
    }
}

/// One escape, read at its backslash.
struct TextEscape {
    /// How many bytes it takes.
    let length: Int
    /// What it stands for.
    private let scalar: UInt32

    /// What two bytes stand for, by the second; 0 where more must be read. Made once and never changed.
    nonisolated(unsafe) static let simple: UnsafePointer<UInt8> = {
        let table = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
        for byte in UInt8.min...UInt8.max {
            // Any other byte of ASCII stands for itself.
            table[Int(byte)] = byte < 0x80 && byte != UInt8(ascii: "u") ? byte : 0
        }
        let named: [(UInt8, UInt8)] = [
            (UInt8(ascii: "n"), 0x0A), (UInt8(ascii: "t"), 0x09), (UInt8(ascii: "r"), 0x0D), (UInt8(ascii: "b"), 0x08),
            (UInt8(ascii: "f"), 0x0C),
        ]
        for (letter, byte) in named { table[Int(letter)] = byte }
        return UnsafePointer(table)
    }()

    init(_ text: SecretText, _ index: Int) {
        guard index + 1 < text.count else {
            (length, scalar) = (1, UInt32(UInt8(ascii: "\\")))
            return
        }
        switch text[index + 1] {
        case UInt8(ascii: "u"):
            let unit = Self.unit(text, index + 2)
            (length, scalar) = unit.map { (6, $0) } ?? (2, UInt32(UInt8(ascii: "u")))
        case let byte where byte < 0x80: (length, scalar) = (2, UInt32(Self.simple[Int(byte)]))
        // A backslash before half a character is none.
        default: (length, scalar) = (1, UInt32(UInt8(ascii: "\\")))
        }
    }

    /// The first byte of what it stands for.
    var first: UInt8 { scalar < 0x80 ? UInt8(scalar) : 0xFF }

    /// How many bytes it stands for; halves of surrogate pairs count one by one, no secret has any.
    var width: Int { scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : 3 }

    func write(to output: UnsafeMutablePointer<UInt8>) -> Int {
        switch width {
        case 1: output[0] = UInt8(truncatingIfNeeded: scalar)
        case 2:
            output[0] = UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6)
            output[1] = UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F)
        default:
            output[0] = UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12)
            output[1] = UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F)
            output[2] = UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F)
        }
        return width
    }

    private static func unit(_ text: SecretText, _ index: Int) -> UInt32? {
        guard index + 4 <= text.count else { return nil }
        var unit: UInt32 = 0
        for place in index..<index + 4 {
            let byte = text[place]
            let digit = byte &- UInt8(ascii: "0")
            let letter = (byte | 0x20) &- UInt8(ascii: "a")
            guard digit < 10 || letter < 6 else { return nil }
            unit = unit << 4 | UInt32(digit < 10 ? digit : letter + 10)
        }
        return unit
    }
}
