/// Cuts text that arrives in pieces into lines, holding no more than one of them. A byte order mark at its beginning,
/// which some editors put there, is no part of the first line.
///
///     var splitter = LineSplitter(limit: 20 << 20)
///     splitter.append(piece)
///     while let line = splitter.next() { … }
///     splitter.finish()                          // the last line may have no newline
package struct LineSplitter: Sendable {
    /// A line with its number, from 1.
    package struct Line: Sendable, Hashable {
        /// Where it stands, empty lines counted.
        package var number: Int
        /// Without its newline.
        package var bytes: [UInt8]
        /// Whether it is longer than the limit, and the rest is lost.
        package var isCut: Bool
    }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private let limit: Int
    private var piece: ArraySlice<UInt8> = []
    private var line: [UInt8] = []
    private var number = 0
    private var isFinished = false

    /// A splitter for lines of at most `limit` bytes.
    package init(limit: Int) { self.limit = limit }

    /// Hands over the next piece; to be called when `next()` has nothing more.
    package mutating func append(_ bytes: [UInt8]) { piece += bytes }

    /// There is no further piece.
    package mutating func finish() { isFinished = true }

    /// The next line that holds anything but white space; nil: another piece is needed, or it was the last line.
    package mutating func next() -> Line? {
        while true {
            let end = piece.firstIndex(of: 0x0A)
            let part = piece[..<(end ?? piece.endIndex)]
            line += part.prefix(limit + 1 - line.count)
            guard let end else {
                piece = []
                return isFinished && !line.isEmpty ? takeLine() : nil
            }
            piece = piece[(end + 1)...]
            if let line = takeLine() { return line }
        }
    }

    private mutating func takeLine() -> Line? {
        number += 1
        defer { line = [] }
        let isCut = line.count > limit
        if number == 1, line.starts(with: Self.byteOrderMark) { line.removeFirst(Self.byteOrderMark.count) }
        return line.contains { $0 > 0x20 } ? Line(number: number, bytes: line, isCut: isCut) : nil
    }
}
