/// A vector for a text: similar texts get similar ones, because each word adds the same few numbers wherever it stands.
enum EmbeddingVector {
    /// Coordinates that a word adds to.
    private static let coordinatesPerWord = 32

    /// A vector of length one; a shorter one than the model's own is the beginning of that.
    static func make(_ text: String, dimensions: Int, of full: Int, seed: UInt64) -> [Float] {
        var vector = [Float](repeating: 0, count: full)
        var words = 0
        for word in text.lowercased().split(whereSeparator: { !($0.isLetter || $0.isNumber) }) {
            add(String(word), weight: 1, to: &vector, seed: seed)
            words += 1
        }
        // The text as a whole too, so that no two are quite the same and none is zero.
        add(text, weight: words == 0 ? 1 : 0.25, to: &vector, seed: ~seed)
        vector.removeLast(full - dimensions)
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length > 0 else {
            vector[0] = 1
            return vector
        }
        for index in vector.indices { vector[index] /= length }
        return vector
    }

    private static func add(_ text: String, weight: Float, to vector: inout [Float], seed: UInt64) {
        var hash = StableHash(seed: seed)
        hash.combine(text)
        var generator = SeededGenerator(seed: hash.value)
        for _ in 0..<coordinatesPerWord {
            let word = generator.next()
            let amount = Float(Int(word >> 32 & 0xFFFF) - 0x8000) / 0x8000
            vector[Int((word & 0xFFFF_FFFF) % UInt64(vector.count))] += weight * amount
        }
    }

    /// The vector as little-endian 32-bit floats in Base64.
    static func base64(_ vector: [Float]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let bytes = vector.flatMap { value in
            let bits = value.bitPattern
            return [bits, bits >> 8, bits >> 16, bits >> 24].map { UInt8(truncatingIfNeeded: $0) }
        }
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let word = group.enumerated().reduce(0) { $0 | Int($1.element) << (16 - 8 * $1.offset) }
            for digit in 0..<4 {
                text.append(digit <= group.count ? alphabet[word >> (18 - 6 * digit) & 0x3F] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
