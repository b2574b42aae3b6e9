/// A JSON number without its spelling: sign, significant digits, power of ten. `1`, `1.0` and `10e-1` are one number;
/// `0.1` and `0.10000000000000001` are two, whatever a `Double` makes of them.
struct CanonicalNumber {
    /// `-15e-1` for `-1.50`; `0` for every zero. A power of ten beyond a million stays as it was spelled: no two readers
    /// agree on such a number.
    let bytes: [UInt8]

    init(_ raw: UnsafeBufferPointer<UInt8>) {
        // What most numbers are: one digit.
        if raw.count == 1 {
            bytes = Array(raw)
            return
        }
        var digits: [UInt8] = []
        digits.reserveCapacity(raw.count)
        var exponent = 0
        var isFraction = false
        var index = 0
        let isNegative = raw[0] == Ascii.minus
        if isNegative { index = 1 }
        while index < raw.count, raw[index] | 0x20 != UInt8(ascii: "e") {
            if raw[index] == Ascii.point {
                isFraction = true
            } else {
                digits.append(raw[index])
                if isFraction { exponent -= 1 }
            }
            index += 1
        }
        if index < raw.count {
            guard let power = Self.power(raw[(index + 1)...]) else {
                bytes = Array(raw)
                return
            }
            exponent += power
        }
        while digits.last == Ascii.zero {
            digits.removeLast()
            exponent += 1
        }
        digits.removeFirst(digits.prefix { $0 == Ascii.zero }.count)
        guard !digits.isEmpty else {
            bytes = [Ascii.zero]
            return
        }
        var bytes = isNegative ? [Ascii.minus] : []
        bytes += digits
        if exponent != 0 { bytes += "e\(exponent)".utf8 }
        self.bytes = bytes
    }

    private static func power(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        var value = 0
        for byte in text where Ascii.isDigit(byte) {
            value = value * 10 + Int(byte - Ascii.zero)
            guard value <= 1_000_000 else { return nil }
        }
        return text.first == Ascii.minus ? -value : value
    }
}
