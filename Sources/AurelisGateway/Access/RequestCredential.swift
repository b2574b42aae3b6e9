internal import Aurelis

/// What a request brings to be known by, from any of the fields in which clients send it.
struct RequestCredential {
    /// What looks like a key of Aurelis's: a field's value, and how much of it comes before the key.
    private(set) var key: (value: String, start: Int)?
    /// Whether there was something else: clients insist on sending something.
    private(set) var isForeign = false

    /// Takes note of a field that may hold a key: `api-key`, `x-api-key`.
    mutating func take(_ value: String) { take(value, from: 0) }

    /// Takes note of an `Authorization` field.
    mutating func take(authorization value: String) {
        guard let start = Self.bearer(in: value) else {
            isForeign = true
            return
        }
        take(value, from: start)
    }

    private mutating func take(_ value: String, from start: Int) {
        guard AccessKeyToken.kind(of: value, from: start) != nil else {
            isForeign = true
            return
        }
        key = key ?? (value, start)
    }

    /// Where a bearer's token begins; nil: it is another scheme.
    private static func bearer(in value: String) -> Int? {
        let scheme: StaticString = "bearer "
        var value = value
        return value.withUTF8 { bytes in
            guard bytes.count > scheme.utf8CodeUnitCount else { return nil }
            for index in 0..<scheme.utf8CodeUnitCount where bytes[index] | 0x20 != scheme.utf8Start[index] {
                return nil
            }
            return bytes[scheme.utf8CodeUnitCount...].firstIndex { $0 != UInt8(ascii: " ") }
        }
    }
}
