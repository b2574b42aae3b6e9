/// Finding one's way in a text that has been validated: structure is counted, not checked.
extension Bytes {
    /// The index after the value that begins at `index`.
    func endOfValue(_ index: Int) -> Int {
        switch base[index] {
        case Ascii.quote: endOfString(index + 1)
        case Ascii.openBrace, Ascii.openBracket: endOfContainer(index + 1)
        default: endOfScalar(index + 1)
        }
    }

    /// The index after the closing quote, from the byte after the opening one.
    @inline(__always)
    func endOfString(_ index: Int) -> Int {
        let end = quoteOrBackslash(index)
        if end < count, base[end] == Ascii.quote { return end + 1 }
        return endOfStringWithEscapes(end)
    }

    private func endOfStringWithEscapes(_ index: Int) -> Int {
        var index = index
        while index < count {
            if base[index] == Ascii.quote { return index + 1 }
            index = quoteOrBackslash(index + 2)
        }
        return count
    }

    /// Looks at quotes, backslashes, braces and brackets only, block by block.
    private func endOfContainer(_ index: Int) -> Int {
        var index = index
        var walk = ContainerWalk()
        while index &+ 16 <= count {
            var hits = structure(index)
            while hits != 0 {
                let place = index &+ hits.trailingZeroBitCount &>> 2
                hits &= hits &- 1
                if walk.leaves(at: place, base[place]) { return place &+ 1 }
            }
            index &+= 16
        }
        while index < count {
            switch base[index] {
            case Ascii.quote, Ascii.backslash, Ascii.openBrace, Ascii.openBracket, Ascii.closeBrace, Ascii.closeBracket:
                if walk.leaves(at: index, base[index]) { return index &+ 1 }
            default: break
            }
            index &+= 1
        }
        return count
    }

    private struct ContainerWalk {
        private var depth = 1
        private var isInString = false
        /// The byte that a backslash has taken the meaning of.
        private var escaped = -1

        /// Takes note of one of the six bytes; returns whether it closes the container.
        @inline(__always)
        mutating func leaves(at place: Int, _ byte: UInt8) -> Bool {
            if byte == Ascii.quote {
                if place != escaped { isInString.toggle() }
            } else if byte == Ascii.backslash {
                if place != escaped { escaped = place &+ 1 }
            } else if !isInString {
                // The opening bytes have this bit, the closing ones have not.
                depth &+= byte & 0x02 != 0 ? 1 : -1
                return depth == 0
            }
            return false
        }
    }

    private func endOfScalar(_ index: Int) -> Int {
        var index = index
        while index < count {
            switch base[index] {
            case Ascii.comma, Ascii.closeBrace, Ascii.closeBracket, 0x20, 0x0A, 0x0D, 0x09: return index
            default: index += 1
            }
        }
        return index
    }

    /// The value of the last member of this name in the object that begins at `index`, or nil.
    func value(of name: UnsafeBufferPointer<UInt8>, inObjectAt index: Int) -> Range<Int>? {
        var found: Range<Int>?
        var index = skippingWhitespace(index + 1)
        while index < count, base[index] == Ascii.quote {
            let nameStart = index + 1
            let plainEnd = quoteOrBackslash(nameStart)
            let isPlain = plainEnd < count && base[plainEnd] == Ascii.quote
            let nameEnd = isPlain ? plainEnd : endOfStringWithEscapes(plainEnd) - 1
            let start = startOfMemberValue(nameEnd + 1)
            let end = endOfValue(start)
            if isPlain ? equals(nameStart, nameEnd, name) : unescapedEquals(nameStart, nameEnd, name) {
                found = start..<end
            }
            index = startOfNext(end)
        }
        return found
    }

    /// The first byte of a member's value, from the byte after its name's closing quote.
    @inline(__always)
    func startOfMemberValue(_ index: Int) -> Int { skippingWhitespace(skippingWhitespace(index) + 1) }

    /// The first byte of the next element or member's name, or the closing bracket, from the byte after a value.
    @inline(__always)
    func startOfNext(_ index: Int) -> Int {
        let index = skippingWhitespace(index)
        guard index < count, base[index] == Ascii.comma else { return index }
        return skippingWhitespace(index + 1)
    }
}
