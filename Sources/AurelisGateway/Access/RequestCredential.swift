internal import Aurelis

/// What a request brings to be known by, from any of the fields in which clients send it.
struct RequestCredential {
    /// What looks like a key of Aurelis's.
    private(set) var key: Substring?
    /// Whether there was something else: clients insist on sending something.
    private(set) var isForeign = false

    /// Takes note of a field that may hold a key: `api-key`, `x-api-key`.
    mutating func take(_ value: String) {
        guard AccessKeyToken.kind(of: value.utf8) != nil else {
            isForeign = true
            return
        }
        key = key ?? value[...]
    }

    /// Takes note of an `Authorization` field.
    mutating func take(authorization value: String) {
        let scheme: StaticString = "bearer "
        var bytes = value.utf8[...]
        for index in 0..<scheme.utf8CodeUnitCount {
            guard let byte = bytes.popFirst(), byte | 0x20 == scheme.utf8Start[index] else {
                isForeign = true
                return
            }
        }
        while bytes.first == UInt8(ascii: " ") { bytes.removeFirst() }
        guard AccessKeyToken.kind(of: bytes) != nil else {
            isForeign = true
            return
        }
        key = key ?? Substring(bytes)
    }
}
