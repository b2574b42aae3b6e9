/// The name of one client request, unique in this process and hard to meet by chance in another.
///
///     print(RequestID.next())   // req_5b1f0c9ae4d27788
public struct RequestID: Hashable, Sendable, CustomStringConvertible {
    private let value: UInt64

    /// A fresh id.
    public static func next() -> RequestID { RequestID(value: numbers.next()) }

    /// Reads what `description` writes; nil for anything else.
    public init?(parsing text: String) {
        let digits = text.dropFirst(4)
        guard text.hasPrefix("req_"), digits.utf8.count == 16, digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }),
            let value = UInt64(digits, radix: 16)
        else { return nil }
        self.value = value
    }

    private init(value: UInt64) { self.value = value }

    /// `req_` and sixteen hexadecimal digits.
    public var description: String {
        String(unsafeUninitializedCapacity: 20) { buffer in
            for (index, byte) in "req_".utf8.enumerated() { buffer[index] = byte }
            for digit in 0..<16 {
                let nibble = UInt8(truncatingIfNeeded: value >> UInt64(60 - 4 * digit)) & 0xF
                buffer[4 + digit] = nibble < 10 ? nibble + 48 : nibble + 87
            }
            return 20
        }
    }

    private static let numbers = DistinctNumbers()
}
