internal import AurelisJSON

/// Writes what shapes an answer as bytes that are equal exactly when the meaning is.
///
/// The layout is fixed by `Documentation/cache-key.md`; a change to it needs another `version`.
struct CanonicalEncoder {
    private(set) var bytes: [UInt8]

    static let version = "aurelis cache key 1\n"

    init() {
        bytes = Array(Self.version.utf8)
        bytes.reserveCapacity(4_096)
    }

    /// A text: `s`, its length, its UTF-8.
    mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(string: $0, normalised: false) }
    }

    /// The members of a request's body that can shape its answer.
    mutating func append(request body: JSONDocument) {
        var members: [(key: String, value: JSONValue)] = []
        for (key, value) in body.root.members where !value.isNull && !Self.shapeless.contains(key) {
            members.append((key, value))
        }
        append(members: members) { key, value, encoder in
            switch key {
            case "metadata": encoder.append(metadata: value)
            case "messages", "input": encoder.append(value, normalised: true)
            default: encoder.append(value, normalised: false)
            }
        }
    }

    /// Fields that say who asks, how it is delivered or how it is billed, but not what is answered. The model is not
    /// among what is encoded: its name on the wire is, once, before the body.
    private static let shapeless: Set<String> = [
        "model", "stream", "stream_options", "user", "safety_identifier", "prompt_cache_key", "prompt_cache_retention",
        "store", "service_tier",
    ]

    /// The entries of `metadata` that callers shape answers by.
    private static let shapingMetadata: Set<String> = [
        "language", "framework", "style", "complexity", "target_audience", "code_style", "documentation_format",
    ]

    private mutating func append(metadata: JSONValue) {
        guard metadata.kind == .object else { return append(metadata, normalised: false) }
        var members: [(key: String, value: JSONValue)] = []
        for (key, value) in metadata.members where Self.shapingMetadata.contains(key) { members.append((key, value)) }
        append(members: members) { _, value, encoder in encoder.append(value, normalised: false) }
    }

    /// Any JSON value.
    ///
    /// - Parameter normalised: whether CRLF in texts counts as LF: an editor's line ends are no part of a question.
    private mutating func append(_ value: JSONValue, normalised: Bool) {
        switch value.kind {
        case .null: bytes.append(UInt8(ascii: "n"))
        case .bool: bytes.append(UInt8(ascii: value.bool == true ? "t" : "f"))
        case .number: append(number: value)
        case .string:
            var text = value.string ?? ""
            text.withUTF8 { append(string: $0, normalised: normalised) }
        case .array:
            bytes.append(UInt8(ascii: "a"))
            let place = reserveCount()
            var count = 0
            for element in value.elements {
                append(element, normalised: normalised)
                count += 1
            }
            write(count, at: place)
        case .object:
            append(members: value.members.map { ($0.key, $0.value) }) { _, value, encoder in
                encoder.append(value, normalised: normalised)
            }
        }
    }

    /// `o`, the number of members, each name with its value, ordered by the names' bytes.
    private mutating func append(
        members: [(key: String, value: JSONValue)],
        _ write: (_ key: String, JSONValue, inout CanonicalEncoder) -> Void
    ) {
        bytes.append(UInt8(ascii: "o"))
        append(count: members.count)
        let isOrdered = zip(members, members.dropFirst()).allSatisfy { $0.key <= $1.key }
        // Members of one name keep their order: which of them counts is the provider's affair.
        // (Swift's sort is stable.)
        let ordered = isOrdered ? members : members.sorted { $0.key < $1.key }
        for (key, value) in ordered {
            append(text: key)
            write(key, value, &self)
        }
    }

    private mutating func append(string: UnsafeBufferPointer<UInt8>, normalised: Bool) {
        bytes.append(UInt8(ascii: "s"))
        guard normalised, string.contains(0x0D) else {
            append(count: string.count)
            bytes.append(contentsOf: string)
            return
        }
        let place = reserveCount()
        let start = bytes.count
        for (index, byte) in string.enumerated() {
            let isLineEnd = byte == 0x0D && index + 1 < string.count && string[index + 1] == 0x0A
            if !isLineEnd { bytes.append(byte) }
        }
        write(bytes.count - start, at: place)
    }

    /// `d`, and the number as digits and exponent, so that `1`, `1.0` and `1e0` are one number.
    private mutating func append(number: JSONValue) {
        bytes.append(UInt8(ascii: "d"))
        let place = reserveCount()
        let start = bytes.count
        bytes.append(contentsOf: CanonicalNumber(number.raw).bytes)
        write(bytes.count - start, at: place)
    }

    // MARK: Counts, as four bytes, the highest first

    private mutating func append(count: Int) { write(count, at: reserveCount()) }

    private mutating func reserveCount() -> Int {
        bytes.append(contentsOf: [0, 0, 0, 0])
        return bytes.count - 4
    }

    private mutating func write(_ count: Int, at place: Int) {
        let count = UInt32(truncatingIfNeeded: count)
        for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: count >> UInt32(24 - 8 * index)) }
    }
}

/// A JSON number without its spelling: sign, significant digits, power of ten.
struct CanonicalNumber {
    /// `-15e-1` for `-1.50`; `0` for every zero.
    let bytes: [UInt8]

    init(_ raw: ArraySlice<UInt8>) {
        var digits: [UInt8] = []
        var exponent = 0
        var isNegative = false
        var inFraction = false
        var rest = raw
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "."): inFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                // Beyond what an Int holds no two providers agree; the spelling itself then stands for the number.
                guard let power = Int(String(decoding: rest.drop { $0 == UInt8(ascii: "+") }, as: UTF8.self)),
                    abs(power) < 1_000_000
                else {
                    bytes = Array(raw)
                    return
                }
                exponent += power
                rest = []
            default:
                digits.append(byte)
                if inFraction { exponent -= 1 }
            }
        }
        while digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            exponent += 1
        }
        let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(leading)
        guard !digits.isEmpty else {
            bytes = [UInt8(ascii: "0")]
            return
        }
        let sign = isNegative ? [UInt8(ascii: "-")] : []
        bytes = sign + digits + (exponent == 0 ? [] : Array("e\(exponent)".utf8))
    }
}
