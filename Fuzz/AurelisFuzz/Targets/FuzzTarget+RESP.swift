import AurelisRedis
import NIOCore

extension FuzzTarget {
    /// Replies are the same however they are cut, within their bounds, and survive being written again.
    static let resp = FuzzTarget("resp") { bytes in
        let whole = read([bytes], limits: RESPParser.Limits())
        for pieces in Splits.ways(of: bytes) {
            try holds(read(pieces, limits: RESPParser.Limits()) == whole, "other replies come out of pieces")
        }
        var written = ByteBuffer()
        for value in whole.values { write(value, to: &written) }
        let again = read([Array(buffer: written)], limits: RESPParser.Limits())
        try holds(again.texts == whole.texts && again.failure == nil, "written again, other replies come out")
        try checkBounds(bytes)
    }

    private static func checkBounds(_ bytes: [UInt8]) throws {
        var limits = RESPParser.Limits()
        (limits.bulkBytes, limits.replyBytes, limits.elements, limits.depth, limits.lineBytes) = (64, 256, 16, 3, 32)
        let bounded = read([bytes], limits: limits)
        for pieces in Splits.ways(of: bytes) {
            try holds(read(pieces, limits: limits) == bounded, "the bounds hold otherwise for pieces")
        }
        for value in bounded.values {
            let (elements, depth) = size(of: value)
            try holds(elements <= 16 && depth <= 3, "a reply is larger than its bounds: \(elements), \(depth)")
        }
    }

    private struct Replies: Equatable {
        var values: [RESPValue] = []
        var failure: RESPParseError?
        /// As text, for NaN differs from itself.
        var texts: [String] { values.map { "\($0)" } }

        static func == (left: Replies, right: Replies) -> Bool {
            left.texts == right.texts && left.failure == right.failure
        }
    }

    private static func read(_ pieces: [[UInt8]], limits: RESPParser.Limits) -> Replies {
        var parser = RESPParser(limits: limits)
        var replies = Replies()
        do {
            for piece in pieces {
                var buffer = ByteBuffer(bytes: piece)
                parser.append(&buffer)
                while let value = try parser.next() { replies.values.append(value) }
            }
        } catch {
            replies.failure = error
        }
        return replies
    }

    /// All elements of a value at any depth, and its depth.
    private static func size(of value: RESPValue) -> (elements: Int, depth: Int) {
        let inside: [RESPValue]
        switch value {
        case .array(let elements), .set(let elements), .push(let elements): inside = elements
        case .map(let entries): inside = entries.flatMap { [$0.key, $0.value] }
        default: return (0, 0)
        }
        let sizes = inside.map(size)
        // An empty aggregate is read without being entered.
        let depth = inside.isEmpty ? 0 : 1 + (sizes.map(\.depth).max() ?? 0)
        return (inside.count + sizes.reduce(0) { $0 + $1.elements }, depth)
    }

    private static func write(_ value: RESPValue, to buffer: inout ByteBuffer) {
        func aggregate(_ type: String, _ count: Int, _ elements: [RESPValue]) {
            buffer.writeString("\(type)\(count)\r\n")
            for element in elements { write(element, to: &buffer) }
        }
        func bulk(_ type: String, _ bytes: [UInt8]) {
            buffer.writeString("\(type)\(bytes.count)\r\n")
            buffer.writeBytes(bytes)
            buffer.writeString("\r\n")
        }
        switch value {
        case .null: buffer.writeString("_\r\n")
        case .simple(let text): buffer.writeString("+\(text)\r\n")
        case .error(let error): bulk("!", Array(error.text.utf8))
        case .integer(let integer): buffer.writeString(":\(integer)\r\n")
        case .double(let double): buffer.writeString(",\(double)\r\n")
        case .boolean(let boolean): buffer.writeString(boolean ? "#t\r\n" : "#f\r\n")
        case .bigNumber(let digits): buffer.writeString("(\(digits)\r\n")
        case .bulk(let bytes): bulk("$", bytes)
        case .verbatim(let format, let bytes): bulk("=", Array("\(format):".utf8) + bytes)
        case .array(let elements): aggregate("*", elements.count, elements)
        case .set(let elements): aggregate("~", elements.count, elements)
        case .push(let elements): aggregate(">", elements.count, elements)
        case .map(let entries): aggregate("%", entries.count, entries.flatMap { [$0.key, $0.value] })
        }
    }
}
