internal import Synchronization

/// The name of one client request, unique in this process and hard to meet by chance in another.
///
///     print(RequestID.next())   // req_5b1f0c9ae4d27788
///
/// A process-wide random start plus an atomic counter, mixed: no system call and no lock per request.
public struct RequestID: Hashable, Sendable, CustomStringConvertible {
    private let value: UInt64

    /// A fresh id.
    public static func next() -> RequestID {
        let (_, count) = counter.add(1, ordering: .relaxed)
        return RequestID(value: mixed(start &+ count &* 0x9E37_79B9_7F4A_7C15))
    }

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

    private static let counter = Atomic<UInt64>(0)
    private static let start = UInt64.random(in: .min ... .max)

    /// SplitMix64's finaliser: a bijection, so distinct counts stay distinct.
    private static func mixed(_ input: UInt64) -> UInt64 {
        var bits = input
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
