import Aurelis
import AurelisTesting

extension FuzzTarget {
    /// A cassette is read, or refused with a line of it; written and read again it is the same.
    static let cassette = FuzzTarget("cassette") { bytes in
        let written: [UInt8]
        do throws(CassetteError) { written = try Cassette(contentsOf: bytes).contents } catch {
            let lines = bytes.count { $0 == 0x0A } + 1
            return try holds((1...lines).contains(error.line), "an error outside the file: \(error)")
        }
        let again: [UInt8]
        do throws(CassetteError) { again = try Cassette(contentsOf: written).contents } catch {
            throw FuzzFinding(description: "what was written is refused: \(error)")
        }
        try holds(again == written, "written and read again, it is another cassette")
    }

    /// A batch's lines are the same however their file is cut; each is an item, or says what is wrong with which line.
    static let batch = FuzzTarget("batch") { bytes in
        let whole = lines([bytes])
        for pieces in Splits.ways(of: bytes) { try holds(lines(pieces) == whole, "other lines come out of pieces") }
        let count = bytes.count { $0 == 0x0A } + 1
        for line in whole {
            try holds(line.bytes.count <= 257 && (1...count).contains(line.number), "a line beyond its bounds")
            let read = BatchLine(line)
            try holds(read.number == line.number, "a line has another number")
            if case .failure(let error) = read.item.call {
                try holds(error.message.contains("line \(line.number)"), "an error names no line: \(error)")
            }
        }
    }

    private static func lines(_ pieces: [[UInt8]]) -> [LineSplitter.Line] {
        var splitter = LineSplitter(limit: 256)
        var lines: [LineSplitter.Line] = []
        for piece in pieces {
            splitter.append(piece)
            while let line = splitter.next() { lines.append(line) }
        }
        splitter.finish()
        while let line = splitter.next() { lines.append(line) }
        return lines
    }
}
