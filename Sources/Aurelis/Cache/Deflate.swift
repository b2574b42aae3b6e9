internal import CZlib

/// Compression by zlib, for answers that are kept outside of memory.
enum Deflate {
    /// The bytes in fewer; nil when that cannot be had.
    static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        var size = compressBound(uLong(bytes.count))
        var status = Z_OK
        let compressed = [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
            // Level 1: answers are texts, of which higher levels save little more for thrice the time.
            status = compress2(buffer.baseAddress, &size, bytes, uLong(bytes.count), 1)
            count = status == Z_OK ? Int(size) : 0
        }
        return status == Z_OK && compressed.count < bytes.count ? compressed : nil
    }

    /// The bytes that were compressed; nil unless they are exactly `count`.
    static func decompress(_ bytes: [UInt8], count expected: Int) -> [UInt8]? {
        var size = uLong(expected)
        var status = Z_OK
        let plain = [UInt8](unsafeUninitializedCapacity: expected) { buffer, count in
            status = uncompress(buffer.baseAddress, &size, bytes, uLong(bytes.count))
            count = status == Z_OK ? Int(size) : 0
        }
        return status == Z_OK && plain.count == expected ? plain : nil
    }
}
