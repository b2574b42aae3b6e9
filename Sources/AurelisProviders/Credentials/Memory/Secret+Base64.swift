internal import Aurelis

/// Keys as files and variables hold them, in Base64; neither text nor bytes are ever in memory that would be dumped.
extension Secret {
    /// What some Base64 stands for, with white space around it or none; nil when it is anything else.
    package static func decoding(base64 text: Slice<UnsafeRawBufferPointer>) -> Secret? {
        var text = text
        while let first = text.first, isBlank(first) { text.removeFirst() }
        while let last = text.last, isBlank(last) { text.removeLast() }
        let length = text.count
        var padding = 0
        while padding < 2, text.last == UInt8(ascii: "=") {
            text.removeLast()
            padding += 1
        }
        guard length > 0, length.isMultiple(of: 4), text.allSatisfy({ value(of: $0) != nil }) else { return nil }
        let digits = text
        return Secret(count: length / 4 * 3 - padding) { memory in
            var (bits, count, index) = (UInt32(0), 0, 0)
            for digit in digits {
                bits = bits << 6 | UInt32(value(of: digit) ?? 0)
                count += 6
                guard count >= 8 else { continue }
                count -= 8
                if index < memory.count { memory[index] = UInt8(truncatingIfNeeded: bits >> UInt32(count)) }
                index += 1
            }
        }
    }

    /// The same bytes in Base64.
    package var base64: Secret {
        withBytes { bytes in
            Secret(count: (bytes.count + 2) / 3 * 4) { memory in
                for index in memory.indices {
                    let (group, place) = (index / 4 * 3, index % 4)
                    guard group + place <= bytes.count else {
                        memory[index] = UInt8(ascii: "=")
                        continue
                    }
                    func byte(_ offset: Int) -> UInt32 {
                        group + offset < bytes.count ? UInt32(bytes[group + offset]) : 0
                    }
                    let bits = byte(0) << 16 | byte(1) << 8 | byte(2)
                    memory[index] = Self.digit(UInt8(bits >> UInt32(18 - 6 * place) & 63))
                }
            }
        }
    }

    /// Random bytes from the system, written where they stay.
    package static func random(count: Int) -> Secret {
        Secret(count: count) { memory in
            var generator = SystemRandomNumberGenerator()
            for index in memory.indices { memory[index] = UInt8(truncatingIfNeeded: generator.next()) }
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D) ~= byte }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }
}

extension Secret: KeyMaterial {
    package func lend<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result { withBytes(body) }
}
