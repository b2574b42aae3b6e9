package import AurelisJSON

/// A line as it stands in a file: what is sealed, and the seal.
///
///     {"seq":7,"time":"2026-11-28T10:00:00.000Z","event":"auth_event",…,"mac":"9f…"}
///
/// Sealed are the bytes before `,"mac":"`, whatever they are: nothing has to be read to check them.
package struct AuditLine: Sendable {
    /// The sealed bytes.
    package let body: ArraySlice<UInt8>
    /// The seal.
    package let code: [UInt8]

    static let mark = Array(#","mac":""#.utf8)
    static let end = Array(#""}"#.utf8)
    static let newline = UInt8(ascii: "\n")
    private static let digits = 64
    /// Longer lines are none of ours.
    package static let maximumBytes = 1 << 20

    /// Takes a line apart; nil for what is none, to the byte.
    package init?(_ line: ArraySlice<UInt8>) {
        let tail = Self.mark.count + Self.digits + Self.end.count
        guard line.count > tail, line.count <= Self.maximumBytes else { return nil }
        let mark = line.endIndex - tail
        let code = mark + Self.mark.count
        let end = code + Self.digits
        guard line[mark..<code].elementsEqual(Self.mark), line[end...].elementsEqual(Self.end),
            let bytes = Hexadecimal.decode(String(decoding: line[code..<end], as: UTF8.self))
        else { return nil }
        self.body = line[..<mark]
        self.code = bytes
    }

    /// Whether the seal is right behind another line's.
    package func follows(_ previous: [UInt8], _ key: AuditKey) -> Bool {
        let right = key.code(after: previous, of: body)
        return zip(right, code).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// What is sealed, to be read; nil when that is no JSON object.
    package var document: JSONDocument? {
        guard let document = try? JSONDocument(Array(body) + [UInt8(ascii: "}")], limits: .response) else { return nil }
        return document.root.kind == .object ? document : nil
    }
}
