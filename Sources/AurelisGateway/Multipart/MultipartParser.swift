#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Takes a `multipart/form-data` body apart as it arrives, holding no more than a part's header or a boundary's length.
///
///     var parser = MultipartParser(boundary: "x")
///     parser.append(piece)
///     while let event = try parser.next() { … }
///     try parser.finish()                        // there is nothing behind: was it whole?
struct MultipartParser {
    /// What the body consists of.
    enum Event: Equatable {
        case begin(MultipartHeader)
        case data([UInt8])
        case end
    }

    private enum State {
        /// What may stand before the first part.
        case preamble
        /// The rest of a boundary's line.
        case boundaryEnd
        case header
        case data
        /// What may stand behind the last part.
        case epilogue
    }

    /// The bytes of a part's header; a name and a type take some two hundred.
    static let maximumHeader = 8 << 10
    /// The parts of a body; a file comes with a handful.
    static let maximumParts = 64
    /// Bytes before the first part, or white space behind a boundary.
    private static let maximumPadding = 1 << 10

    /// A line end, two hyphens, and the boundary.
    private let delimiter: [UInt8]
    /// What has come and was not handed on. A line end before the first boundary makes it one like the others.
    private var buffer: [UInt8] = [0x0D, 0x0A]
    /// Where in the buffer it begins.
    private var start = 0
    private var state = State.preamble
    private var parts = 0

    init(boundary: String) { delimiter = Array("\r\n--\(boundary)".utf8) }

    /// Takes the next bytes; to be called when `next()` has nothing more.
    mutating func append(_ bytes: [UInt8]) {
        buffer.removeFirst(start)
        start = 0
        buffer += bytes
    }

    /// The next event; nil: more bytes are needed, or nothing more is of interest.
    mutating func next() throws(MultipartFailure) -> Event? {
        while true {
            switch state {
            case .preamble:
                let (count, isWhole) = untilDelimiter()
                guard count <= Self.maximumPadding else { throw .noBoundary }
                guard isWhole else { return nil }
                pass(count + delimiter.count)
                state = .boundaryEnd
            case .boundaryEnd:
                guard let isLast = try boundaryEnd() else { return nil }
                state = isLast ? .epilogue : .header
            case .header:
                guard let header = try header() else { return nil }
                state = .data
                return .begin(header)
            case .data:
                let (count, isWhole) = untilDelimiter()
                if count > 0 { return .data(take(count)) }
                guard isWhole else { return nil }
                pass(delimiter.count)
                state = .boundaryEnd
                return .end
            case .epilogue:
                start = buffer.count
                return nil
            }
        }
    }

    /// Nothing more will come.
    func finish() throws(MultipartFailure) {
        guard case .epilogue = state else { throw .incomplete }
    }
}

extension MultipartParser {
    private var rest: ArraySlice<UInt8> { buffer[start...] }

    private mutating func pass(_ count: Int) { start += count }

    private mutating func take(_ count: Int) -> [UInt8] {
        defer { start += count }
        return Array(rest.prefix(count))
    }

    /// How many bytes come before the next boundary, as far as that is known; and whether that is there.
    private func untilDelimiter() -> (count: Int, isWhole: Bool) {
        buffer.withUnsafeBytes { buffer in
            let rest = UnsafeRawBufferPointer(rebasing: buffer[start...])
            guard let base = rest.baseAddress else { return (0, false) }
            var index = 0
            while let found = memchr(base + index, Int32(delimiter[0]), rest.count - index) {
                index = UnsafeRawPointer(found) - base
                let length = min(delimiter.count, rest.count - index)
                var matched = 1
                while matched < length, rest[index + matched] == delimiter[matched] { matched += 1 }
                if matched == length { return (index, length == delimiter.count) }
                index += 1
            }
            return (rest.count, false)
        }
    }

    /// Whether the boundary was the last one; nil: its line is not complete.
    private mutating func boundaryEnd() throws(MultipartFailure) -> Bool? {
        if rest.first == UInt8(ascii: "-") {
            guard rest.count >= 2 else { return nil }
            guard rest.dropFirst().first == UInt8(ascii: "-") else { throw .afterBoundary }
            pass(2)
            guard parts > 0 else { throw .empty }
            return true
        }
        // White space that was added on the way belongs to the boundary.
        let padding = rest.prefix { $0 == 0x20 || $0 == 0x09 }.count
        guard padding <= Self.maximumPadding else { throw .afterBoundary }
        let end = rest.dropFirst(padding).prefix(2)
        guard [0x0D, 0x0A].starts(with: end) else { throw .afterBoundary }
        guard end.count == 2 else { return nil }
        pass(padding + 2)
        parts += 1
        guard parts <= Self.maximumParts else { throw .tooManyParts }
        return false
    }

    /// The header of a part; nil: it is not complete.
    private mutating func header() throws(MultipartFailure) -> MultipartHeader? {
        let window = rest.prefix(Self.maximumHeader + 4)
        // No field at all, or fields and an empty line.
        let end: Range<Int>? =
            window.starts(with: [0x0D, 0x0A])
            ? window.startIndex..<window.startIndex + 2 : window.firstRange(of: [0x0D, 0x0A, 0x0D, 0x0A])
        guard let end else {
            guard window.count < Self.maximumHeader + 4 else { throw .headerTooLong }
            return nil
        }
        let header = try MultipartHeader(parsing: window[..<end.lowerBound])
        pass(end.upperBound - start)
        return header
    }
}
