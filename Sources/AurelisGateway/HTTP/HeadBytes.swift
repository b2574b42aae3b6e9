/// The bytes of a head, gathered before they go into a buffer in one piece.
///
///     var head = HeadBytes()
///     head.field("x-aurelis-model: ", text: model.canonical)
///     buffer.writeBytes(head.bytes)
///
/// A head is some sixty short texts, and a write into NIO's buffer takes five times as long as an append here.
struct HeadBytes {
    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(640) }

    var count: Int { bytes.count }

    mutating func literal(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func byte(_ byte: UInt8) { bytes.append(byte) }

    mutating func raw(_ other: [UInt8]) { bytes.append(contentsOf: other) }

    /// Text from a configuration or a provider: whatever is not printable ASCII would end or forge a field.
    mutating func text(_ text: String, limit: Int) {
        var text = text
        text.withUTF8 { text in
            let start = bytes.count
            bytes.append(contentsOf: text.prefix(limit))
            guard text.contains(where: { !Self.isPrintable($0) }) else { return }
            for index in start..<bytes.count where !Self.isPrintable(bytes[index]) { bytes[index] = UInt8(ascii: "?") }
        }
    }

    /// A number; less than nothing is nothing.
    mutating func decimal(_ value: Int) {
        guard value >= 10 else { return byte(UInt8(ascii: "0") + UInt8(max(0, value))) }
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &digits) { digits in
            var rest = value
            var index = digits.count
            while rest > 0 {
                index -= 1
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                digits[index] = UInt8(ascii: "0") + UInt8(digit)
                rest = quotient
            }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: digits[index...]))
        }
    }

    mutating func field(_ name: StaticString, _ value: StaticString) {
        literal(name)
        literal(value)
        literal("\r\n")
    }

    mutating func field(_ name: StaticString, decimal value: Int) {
        literal(name)
        decimal(value)
        literal("\r\n")
    }

    mutating func field(_ name: StaticString, text value: String) {
        literal(name)
        text(value, limit: ResponseHead.maximumFieldLength)
        literal("\r\n")
    }

    private static func isPrintable(_ byte: UInt8) -> Bool { byte &- 0x20 < 0x5F }
}
