internal import AurelisJSON

extension CachedAnswer {
    /// The content as bytes: `w` and the document, or `c` and the chunks, each after its length in four bytes, the
    /// highest first.
    var payload: [UInt8] {
        switch content {
        case .whole(let document):
            return [UInt8(ascii: "w")] + document.bytes
        case .chunks(let chunks):
            var bytes = [UInt8(ascii: "c")]
            bytes.reserveCapacity(size + chunks.count * 4 + 1)
            for chunk in chunks {
                bytes.append(bigEndian: UInt32(truncatingIfNeeded: chunk.bytes.count))
                bytes.append(contentsOf: chunk.bytes)
            }
            return bytes
        }
    }

    /// Reads what `payload` writes; nil for anything else.
    convenience init?(facts: CacheFacts, payload: [UInt8]) {
        switch payload.first {
        case UInt8(ascii: "w"):
            guard let document = try? JSONDocument(Array(payload.dropFirst()), limits: .response) else { return nil }
            self.init(facts: facts, content: .whole(document))
        case UInt8(ascii: "c"):
            var chunks: [JSONDocument] = []
            var rest = payload.dropFirst()
            while !rest.isEmpty {
                guard let length = rest.popBigEndian(), length <= rest.count,
                    let chunk = try? JSONDocument(Array(rest.prefix(Int(length))), limits: .response)
                else { return nil }
                rest = rest.dropFirst(Int(length))
                chunks.append(chunk)
            }
            self.init(facts: facts, content: .chunks(chunks))
        default:
            return nil
        }
    }
}

extension [UInt8] {
    mutating func append(bigEndian value: UInt32) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}

extension ArraySlice<UInt8> {
    /// Takes a number of four bytes, the highest first; nil when there are fewer.
    mutating func popBigEndian() -> UInt32? {
        guard count >= 4 else { return nil }
        defer { self = dropFirst(4) }
        return prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }
}
