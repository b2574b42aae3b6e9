/// A value in a validated JSON text: a place in its bytes, decoded only when asked.
///
///     let reason = document["choices"]?[0]?["finish_reason"]?.string
///
/// A value keeps its text alive and stays as it is when the document is edited.
public struct JSONValue: Sendable {
    let bytes: [UInt8]
    private let start: UInt32
    private let end: UInt32

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        start = UInt32(truncatingIfNeeded: range.lowerBound)
        end = UInt32(truncatingIfNeeded: range.upperBound)
    }

    var range: Range<Int> { Range(uncheckedBounds: (Int(start), Int(end))) }

    /// Calls `body` with the whole text; the value's own end bounds what is read.
    @inline(__always)
    func withText<R>(_ body: (Bytes) -> R) -> R {
        bytes.withUnsafeBufferPointer { body(Bytes($0)) }
    }

    /// The value as it is written, white space inside it included.
    public var raw: ArraySlice<UInt8> { bytes[range] }

    /// What kind of value it is.
    public var kind: JSONKind {
        switch bytes[Int(start)] {
        case Ascii.quote: .string
        case Ascii.openBrace: .object
        case Ascii.openBracket: .array
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
        case UInt8(ascii: "n"): .null
        default: .number
        }
    }

    /// Whether it is `null`.
    public var isNull: Bool { kind == .null }

    /// The boolean; nil for other kinds.
    public var bool: Bool? {
        switch bytes[Int(start)] {
        case UInt8(ascii: "t"): true
        case UInt8(ascii: "f"): false
        default: nil
        }
    }

    /// The string, unescaped; nil for other kinds.
    public var string: String? {
        guard kind == .string else { return nil }
        return withText { $0.unescaped(range.lowerBound + 1, range.upperBound - 1) }
    }

    /// Whether it is this string, compared byte for byte in UTF-8; allocates nothing.
    public func stringEquals(_ other: String) -> Bool {
        guard kind == .string else { return false }
        var other = other
        return other.withUTF8 { other in
            withText { $0.unescapedEquals(range.lowerBound + 1, range.upperBound - 1, other) }
        }
    }
}

extension JSONValue: CustomStringConvertible {
    /// The value as it is written.
    public var description: String { String(decoding: raw, as: UTF8.self) }
}
