internal import AurelisJSON

/// A text that comes in pieces, as they stand between their quotes: so nothing is decoded, and a character that two
/// pieces share is whole again.
struct EscapedText {
    private var bytes: [UInt8] = [UInt8(ascii: "\"")]

    /// How many bytes it has.
    var count: Int { bytes.count - 1 }
    var isEmpty: Bool { count == 0 }

    /// Takes the next piece, a JSON string.
    mutating func append(_ piece: JSONFragment) { bytes += piece.bytes.dropFirst().dropLast() }

    /// The whole text as a JSON string.
    var fragment: JSONFragment {
        let quoted = bytes + [UInt8(ascii: "\"")]
        return (try? JSONFragment(validating: quoted, limits: .response)) ?? ""
    }
}
