internal import Aurelis
internal import AurelisJSON

/// The end of a file: where its chain stands, and what a dying process left behind it.
struct AuditTail {
    /// The head of the file; nil when it has none.
    var head: AuditHead?
    /// The last whole line; nil when there is none.
    var last: AuditLine?
    /// The whole line before it.
    var beforeLast: AuditLine?
    /// Whether there is anything that ends as a line does.
    var hasLines: Bool
    /// How many bytes belong to whole lines.
    var wholeSize: Int
    /// What stands behind them.
    var rest: [UInt8]

    private static let newline = UInt8(ascii: "\n")

    /// Looks at a file's first line, and at its last two.
    init(of file: SystemFile) throws(AuditFileError) {
        let size = try file.size()
        // Two of the longest lines, and a third one that is not whole.
        let window = min(size, 3 * (AuditLine.maximumBytes + 1))
        let start = max(0, size - 16_384)
        var (from, bytes) = (start, try file.read(size - start, at: start))
        if from > 0, bytes.count(where: { $0 == Self.newline }) < 3 {
            from = size - window
            bytes = try file.read(window, at: from)
        }
        let end = bytes.lastIndex(of: Self.newline).map { $0 + 1 } ?? 0
        rest = Array(bytes[end...])
        hasLines = end > 0
        wholeSize = hasLines ? from + end : 0
        let lines = bytes[..<end].split(separator: Self.newline, omittingEmptySubsequences: false).dropLast()
        last = lines.last.flatMap { AuditLine($0) }
        beforeLast = lines.dropLast().last.flatMap { AuditLine($0) }
        let beginning = try file.read(min(size, 4_096), at: 0)
        head = beginning.firstIndex(of: Self.newline).flatMap { AuditLine(beginning[..<$0]) }?.document
            .flatMap(AuditHead.init(reading:))
    }

    /// Where the chain stands; nil when the last line's seal is not what it should be.
    func chain(_ key: AuditKey) -> AuditChain? {
        guard let head, let last, let sequence = last.document?["seq"]?.int else { return nil }
        let previous = beforeLast?.code ?? (sequence == head.sequence ? head.previous : nil)
        guard let previous, last.follows(previous, key) else { return nil }
        return AuditChain(sequence: sequence, code: last.code)
    }

    /// Where the chain seems to stand, when nobody can tell for certain.
    var claimed: AuditChain? {
        guard let last, let sequence = last.document?["seq"]?.int else { return nil }
        // There must be numbers left behind it.
        guard sequence > 0, sequence < AuditChain.numbers.upperBound / 2 else { return nil }
        return AuditChain(sequence: sequence, code: last.code)
    }
}
