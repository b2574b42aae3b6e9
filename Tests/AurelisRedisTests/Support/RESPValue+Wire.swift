@testable import AurelisRedis

extension RESPValue {
    /// The value as a server of RESP3 writes it.
    var wire: [UInt8] {
        switch self {
        case .null: Array("_\r\n".utf8)
        case .simple(let text): Array("+\(text)\r\n".utf8)
        case .error(let error): Array("-\(error.text)\r\n".utf8)
        case .integer(let number): Array(":\(number)\r\n".utf8)
        case .double(let number): Array(",\(number)\r\n".utf8)
        case .boolean(let flag): Array("#\(flag ? "t" : "f")\r\n".utf8)
        case .bigNumber(let digits): Array("(\(digits)\r\n".utf8)
        case .bulk(let bytes): Array("$\(bytes.count)\r\n".utf8) + bytes + Array("\r\n".utf8)
        case .verbatim(let format, let bytes):
            Array("=\(bytes.count + 4)\r\n\(format):".utf8) + bytes + Array("\r\n".utf8)
        case .array(let elements): Self.wire("*", elements.count, elements)
        case .set(let elements): Self.wire("~", elements.count, elements)
        case .push(let elements): Self.wire(">", elements.count, elements)
        case .map(let entries): Self.wire("%", entries.count, entries.flatMap { [$0.key, $0.value] })
        }
    }

    private static func wire(_ type: String, _ count: Int, _ elements: [RESPValue]) -> [UInt8] {
        Array("\(type)\(count)\r\n".utf8) + elements.flatMap(\.wire)
    }

    /// Any value that can be inside a reply.
    static func random(depth: Int, using generator: inout SeededGenerator) -> RESPValue {
        func bytes(_ generator: inout SeededGenerator) -> [UInt8] {
            (0..<Int.random(in: 0...40, using: &generator)).map { _ in .random(in: 0...255, using: &generator) }
        }
        func values(_ generator: inout SeededGenerator) -> [RESPValue] {
            (0..<Int.random(in: 0...4, using: &generator)).map { _ in .random(depth: depth - 1, using: &generator) }
        }
        switch Int.random(in: 0..<(depth > 0 ? 12 : 9), using: &generator) {
        case 0: return .null
        case 1: return .simple("status \(UInt8.random(in: 0...255, using: &generator))")
        case 2: return .error(RESPErrorReply("ERR \(UInt8.random(in: 0...255, using: &generator))"))
        case 3: return .integer(.random(in: .min ... .max, using: &generator))
        case 4: return .double(.random(in: -1e300...1e300, using: &generator))
        case 5: return .boolean(.random(using: &generator))
        case 6: return .bigNumber("-\(UInt64.random(in: 0 ... .max, using: &generator))0123456789")
        case 7: return .bulk(bytes(&generator))
        case 8: return .verbatim(format: "txt", bytes(&generator))
        case 9: return .array(values(&generator))
        case 10: return .set(values(&generator))
        default:
            let keys = values(&generator)
            return .map(keys.map { RESPMapEntry(key: $0, value: .random(depth: depth - 1, using: &generator)) })
        }
    }
}
