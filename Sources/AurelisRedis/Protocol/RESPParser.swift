package import NIOCore

/// Reads RESP2 and RESP3 replies from bytes that arrive in pieces of any size.
///
///     parser.append(&bytes)
///     while let reply = try parser.next() { ... }
///
/// Every byte is looked at once, whatever the pieces. Attributes are skipped. Streamed strings and aggregates
/// (`$?`, `*?`) are refused: no server sends them. After an error the parser only repeats it.
package struct RESPParser: Sendable {
    /// What one reply may cost.
    package struct Limits: Sendable, Hashable {
        /// Bytes of one string.
        package var bulkBytes = 64 << 20
        /// Bytes of one whole reply.
        package var replyBytes = 128 << 20
        /// Elements of one whole reply, at all depths together.
        package var elements = 1 << 20
        /// Aggregates inside aggregates.
        package var depth = 16
        /// Bytes of one line: a simple string, an error, a number.
        package var lineBytes = 64 << 10

        /// The defaults.
        package init() {}
    }

    private struct Bulk {
        enum Kind { case string, error, verbatim }
        var kind: Kind
        var length: Int
    }

    private struct Frame {
        enum Kind { case array, set, map, push, attribute }
        var kind: Kind
        var remaining: Int
        var elements: [RESPValue] = []
    }

    private enum Header {
        case value(RESPValue)
        case bulk(Bulk)
        case frame(Frame)
        case emptyAttribute
    }

    private let limits: Limits
    private var buffer = ByteBuffer()
    /// How many unread bytes are known to hold no line feed.
    private var scanned = 0
    private var bulk: Bulk?
    private var frames: [Frame] = []
    private var elements = 0
    private var bytes = 0
    private var failure: RESPParseError?

    /// A parser at the start of a reply.
    package init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Takes more bytes.
    package mutating func append(_ more: inout ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = more
            more.moveReaderIndex(to: more.writerIndex)
        } else {
            if buffer.readerIndex > 64 << 10, buffer.readerIndex > buffer.readableBytes { buffer.discardReadBytes() }
            buffer.writeBuffer(&more)
        }
    }

    /// The next complete reply; nil when more bytes are needed.
    package mutating func next() throws(RESPParseError) -> RESPValue? {
        if let failure { throw failure }
        do {
            return try parse()
        } catch {
            failure = error
            buffer = ByteBuffer()
            frames = []
            throw error
        }
    }

    private mutating func parse() throws(RESPParseError) -> RESPValue? {
        while true {
            let value: RESPValue
            if let bulk {
                guard let string = try readBulk(bulk) else { return nil }
                self.bulk = nil
                value = string
            } else {
                guard let header = try readHeader() else { return nil }
                switch header {
                case .value(let complete): value = complete
                case .emptyAttribute: continue
                case .bulk(let bulk):
                    self.bulk = bulk
                    continue
                case .frame(let frame):
                    guard frames.count < limits.depth else { throw .tooDeep }
                    frames.append(frame)
                    continue
                }
            }
            if let complete = close(with: value) {
                elements = 0
                bytes = 0
                return complete
            }
        }
    }

    /// Puts a value where it belongs; a reply when it was the last part of one.
    private mutating func close(with value: RESPValue) -> RESPValue? {
        var value = value
        while let top = frames.indices.last {
            frames[top].elements.append(value)
            frames[top].remaining -= 1
            guard frames[top].remaining == 0 else { return nil }
            let frame = frames.removeLast()
            switch frame.kind {
            case .array: value = .array(frame.elements)
            case .set: value = .set(frame.elements)
            case .push: value = .push(frame.elements)
            case .map: value = .map(Self.entries(frame.elements))
            // The value that the attribute describes follows.
            case .attribute: return nil
            }
        }
        return value
    }

    private static func entries(_ flat: [RESPValue]) -> [RESPMapEntry] {
        stride(from: 0, to: flat.count - 1, by: 2).map { RESPMapEntry(key: flat[$0], value: flat[$0 + 1]) }
    }
}

extension RESPParser {
    private mutating func charge(bytes count: Int) throws(RESPParseError) {
        bytes += count
        guard bytes <= limits.replyBytes else { throw .tooLarge }
    }

    private mutating func charge(elements count: Int) throws(RESPParseError) {
        elements += count
        guard elements <= limits.elements else { throw .tooLarge }
    }

    private mutating func readBulk(_ bulk: Bulk) throws(RESPParseError) -> RESPValue? {
        guard buffer.readableBytes >= bulk.length + 2 else { return nil }
        let end = buffer.readerIndex + bulk.length
        guard buffer.getInteger(at: end, as: UInt16.self) == 0x0D0A else { throw .lineBreak }
        var content = buffer.readBytes(length: bulk.length) ?? []
        buffer.moveReaderIndex(forwardBy: 2)
        switch bulk.kind {
        case .string: return .bulk(content)
        case .error: return .error(RESPErrorReply(String(decoding: content, as: UTF8.self)))
        case .verbatim:
            // A format is a word of three characters; what is no text would not be the same when it is written again.
            guard content.count >= 4, content[3] == UInt8(ascii: ":"), content[..<3].allSatisfy({ $0 < 0x80 }) else {
                throw .verbatim
            }
            let format = String(decoding: content[..<3], as: UTF8.self)
            content.removeFirst(4)
            return .verbatim(format: format, content)
        }
    }

    private mutating func readLine() throws(RESPParseError) -> ByteBuffer? {
        let skipped = scanned
        let found = buffer.withUnsafeReadableBytes { $0[skipped...].firstIndex(of: UInt8(ascii: "\n")) }
        guard let found else {
            scanned = buffer.readableBytes
            guard scanned <= limits.lineBytes else { throw .lineTooLong }
            return nil
        }
        scanned = 0
        guard found <= limits.lineBytes else { throw .lineTooLong }
        guard found >= 2, buffer.getInteger(at: buffer.readerIndex + found - 1, as: UInt8.self) == UInt8(ascii: "\r")
        else { throw .lineBreak }
        try charge(bytes: found + 1)
        let line = buffer.readSlice(length: found - 1)
        buffer.moveReaderIndex(forwardBy: 2)
        return line
    }

    private mutating func readHeader() throws(RESPParseError) -> Header? {
        guard var line = try readLine(), let type = line.readInteger(as: UInt8.self) else { return nil }
        switch type {
        case UInt8(ascii: "+"): return .value(.simple(String(buffer: line)))
        case UInt8(ascii: "-"): return .value(.error(RESPErrorReply(String(buffer: line))))
        case UInt8(ascii: ":"): return .value(.integer(try Self.integer(line)))
        case UInt8(ascii: "$"): return try bulkHeader(.string, line)
        case UInt8(ascii: "!"): return try bulkHeader(.error, line)
        case UInt8(ascii: "="): return try bulkHeader(.verbatim, line)
        case UInt8(ascii: "*"): return try aggregate(.array, line)
        case UInt8(ascii: "~"): return try aggregate(.set, line)
        case UInt8(ascii: "%"): return try aggregate(.map, line)
        case UInt8(ascii: "|"): return try aggregate(.attribute, line)
        case UInt8(ascii: ">"):
            guard frames.isEmpty else { throw .nestedPush }
            return try aggregate(.push, line)
        case UInt8(ascii: "_"):
            guard line.readableBytes == 0 else { throw .length }
            return .value(.null)
        case UInt8(ascii: "#"):
            switch String(buffer: line) {
            case "t": return .value(.boolean(true))
            case "f": return .value(.boolean(false))
            default: throw .boolean
            }
        case UInt8(ascii: ","):
            guard let double = Double(String(buffer: line)) else { throw .number }
            return .value(.double(double))
        case UInt8(ascii: "("):
            let text = String(buffer: line)
            let digits = text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
            guard !digits.isEmpty, text.utf8.count - digits.count <= 1, digits.allSatisfy({ $0 &- 48 < 10 }) else {
                throw .number
            }
            return .value(.bigNumber(text))
        default: throw .unknownType
        }
    }

    private mutating func bulkHeader(_ kind: Bulk.Kind, _ line: ByteBuffer) throws(RESPParseError) -> Header {
        let length = try Self.integer(line)
        if length == -1, kind == .string { return .value(.null) }
        guard length >= 0 else { throw .length }
        guard length <= limits.bulkBytes else { throw .tooLarge }
        try charge(bytes: Int(length))
        return .bulk(Bulk(kind: kind, length: Int(length)))
    }

    private mutating func aggregate(_ kind: Frame.Kind, _ line: ByteBuffer) throws(RESPParseError) -> Header {
        let count = try Self.integer(line)
        if count == -1, kind == .array { return .value(.null) }
        guard count >= 0 else { throw .length }
        guard count <= limits.elements else { throw .tooLarge }
        let parts = Int(count) * (kind == .map || kind == .attribute ? 2 : 1)
        // An attribute is no element of anything, but has its price: they could come without end.
        try charge(elements: kind == .attribute ? parts + 1 : parts)
        // Room is made as elements arrive: an announced length costs the server nothing.
        guard parts == 0 else { return .frame(Frame(kind: kind, remaining: parts)) }
        switch kind {
        case .array: return .value(.array([]))
        case .set: return .value(.set([]))
        case .map: return .value(.map([]))
        case .push: return .value(.push([]))
        case .attribute: return .emptyAttribute
        }
    }

    private static func integer(_ line: ByteBuffer) throws(RESPParseError) -> Int64 {
        var digits = line.readableBytesView[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
        guard !digits.isEmpty else { throw .number }
        var number: Int64 = 0
        for byte in digits {
            let digit = Int64(byte &- UInt8(ascii: "0"))
            let (shifted, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carried) =
                isNegative ? shifted.subtractingReportingOverflow(digit) : shifted.addingReportingOverflow(digit)
            guard digit < 10, !overflow, !carried else { throw .number }
            number = sum
        }
        return number
    }
}
