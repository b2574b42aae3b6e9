/// Reading the inside of a validated string.
///
/// A quote there always follows a backslash, so that a search for either finds a backslash.
extension Bytes {
    /// The string's text. Half surrogates become U+FFFD.
    func unescaped(_ start: Int, _ end: Int) -> String {
        let inside = Bytes(base + start, count: end - start)
        if inside.quoteOrBackslash(0) == inside.count {
            return String(decoding: UnsafeBufferPointer(start: inside.base, count: inside.count), as: UTF8.self)
        }
        return String(unsafeUninitializedCapacity: inside.count) { output in
            output.baseAddress.map(inside.unescape(into:)) ?? 0
        }
    }

    /// Whether the string's text is this, without building a `String`.
    func unescapedEquals(_ start: Int, _ end: Int, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
        let inside = Bytes(base + start, count: end - start)
        if inside.quoteOrBackslash(0) == inside.count { return equals(start, end, other) }
        // An escape is 2 to 6 bytes for each one that it stands for, so this also bounds the work.
        guard inside.count >= other.count, inside.count / 6 <= other.count else { return false }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: inside.count) { output in
            guard let text = output.baseAddress else { return other.isEmpty }
            let length = inside.unescape(into: text)
            return Bytes(text, count: length).equals(0, length, other)
        }
    }

    /// Writes the text that this inside of a string stands for, which is never longer; returns its length.
    func unescape(into output: UnsafeMutablePointer<UInt8>) -> Int {
        var written = 0
        var index = 0
        while true {
            let backslash = quoteOrBackslash(index)
            (output + written).update(from: base + index, count: backslash - index)
            written += backslash - index
            guard backslash + 1 < count else { return written }
            let (scalar, next) = escapedScalar(backslash)
            for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                output[written] = byte
                written += 1
            }
            index = next
        }
    }

    /// What the escape at `index` stands for, and the index after it.
    private func escapedScalar(_ index: Int) -> (scalar: Unicode.Scalar, next: Int) {
        let replacement: Unicode.Scalar = "\u{FFFD}"
        switch base[index + 1] {
        case UInt8(ascii: "u"): break
        case UInt8(ascii: "n"): return ("\n", index + 2)
        case UInt8(ascii: "t"): return ("\t", index + 2)
        case UInt8(ascii: "r"): return ("\r", index + 2)
        case UInt8(ascii: "b"): return ("\u{8}", index + 2)
        case UInt8(ascii: "f"): return ("\u{C}", index + 2)
        case let byte: return (Unicode.Scalar(byte), index + 2)
        }
        let next = index + 6
        guard let unit = hexUnit(index + 2) else { return (replacement, count) }
        if let scalar = Unicode.Scalar(unit) { return (scalar, next) }
        guard unit < 0xDC00, next + 1 < count, base[next] == Ascii.backslash, base[next + 1] == UInt8(ascii: "u"),
            let second = hexUnit(next + 2), second & 0xFC00 == 0xDC00
        else { return (replacement, next) }
        let code = 0x10000 + ((unit & 0x3FF) << 10 | (second & 0x3FF))
        return (Unicode.Scalar(code) ?? replacement, next + 6)
    }
}
