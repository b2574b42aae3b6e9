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
        let lastBlock = text.count &- 16
        while index < text.count {
            if index <= lastBlock {
                let block = text.load(index, as: SIMD16<UInt8>.self)
                UnsafeMutableRawPointer(output + written).storeBytes(of: block, as: SIMD16<UInt8>.self)
                let hits = Self.quotesAndBackslashes(block)
                // A branch, so that the next block need not wait for the length of this one.
                if hits == 0 {
                    written &+= 16
                    index &+= 16
                    continue
                }
                var place = hits.trailingZeroBitCount &>> 2
                written &+= place
                index &+= place
                // Where there is one escape there are more: those of two bytes are taken with what is known of the block.
                while place < 15, text[index] == UInt8(ascii: "\\"),
                    case let byte = simple[Int(text[index &+ 1])], byte != 0
                {
                    if byte == UInt8(ascii: "\\") { hasBackslash = true }
                    output[written] = byte
                    written &+= 1
                    index &+= 2
                    place &+= 2
                    guard place < 16, index <= lastBlock else { break }
                    let rest = text.load(index, as: SIMD16<UInt8>.self)
                    UnsafeMutableRawPointer(output + written).storeBytes(of: rest, as: SIMD16<UInt8>.self)
                    let later = hits & UInt64.max &<< UInt64(place &* 4)
                    let next = later == 0 ? 16 : later.trailingZeroBitCount &>> 2
                    written &+= next &- place
                    index &+= next &- place
                    place = next
                }
                if place == 16 { continue }
            }
            let byte = text[index]
            if byte == UInt8(ascii: "\"") { break }
            guard byte == UInt8(ascii: "\\") else {
                output[written] = byte
                written &+= 1
                index &+= 1
                continue
            }
            if index &+ 1 < text.count, case let plain = simple[Int(text[index &+ 1])], plain != 0 {
                if plain == UInt8(ascii: "\\") { hasBackslash = true }
                output[written] = plain
                written &+= 1
                index &+= 2
                continue
            }
            let escape = TextEscape(text, index)
            if escape.first == UInt8(ascii: "\\") { hasBackslash = true }
            written &+= escape.write(to: output + written)
            index &+= escape.length
        }
        self.written = written
        self.hasBackslash = hasBackslash
        end = index
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

    /// Where quotes and backslashes are: four bits for each byte.
    @inline(__always)
    private static func quotesAndBackslashes(_ block: SIMD16<UInt8>) -> UInt64 {
        let hits = (block .== SIMD16<UInt8>(repeating: 0x22)) .| (block .== SIMD16<UInt8>(repeating: 0x5C))
        let pairs = unsafeBitCast(hits, to: SIMD8<UInt16>.self)
        let bytes = SIMD8<UInt8>(truncatingIfNeeded: pairs &>> SIMD8<UInt16>(repeating: 4))
        return UInt64(littleEndian: unsafeBitCast(bytes, to: UInt64.self))
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
