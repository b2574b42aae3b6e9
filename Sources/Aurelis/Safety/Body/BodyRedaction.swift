/// Puts placeholders in the place of credentials: `[redacted:github_token:1]`.
///
/// Equal values get the same placeholder, so that a model can still tell them apart, and every other byte stays.
struct BodyRedaction {
    private let bytes: [UInt8]
    private var numbers: [SecretKind: Int] = [:]
    private var placeholders: [[UInt8]: String] = [:]
    /// What stands for what.
    private(set) var values: [String: [UInt8]] = [:]
    private let first: Int

    /// The beginning of every placeholder.
    static let opening = "[redacted:"

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        first = Self.highestNumber(in: bytes)
    }

    /// The bytes with placeholders; `matches` are in order.
    mutating func redacted(_ matches: [SecretMatch]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var index = 0
        for match in matches {
            output += bytes[index..<match.range.lowerBound]
            output += placeholder(for: match).utf8
            index = match.range.upperBound
        }
        return output + bytes[index...]
    }

    private mutating func placeholder(for match: SecretMatch) -> String {
        if let known = placeholders[match.value] { return known }
        let number = numbers[match.kind, default: first] + 1
        numbers[match.kind] = number
        let placeholder = "\(Self.opening)\(match.kind.rawValue):\(number)]"
        placeholders[match.value] = placeholder
        values[placeholder] = match.value
        return placeholder
    }

    /// The highest number of the placeholders that are there already, as in a conversation that goes on: what the
    /// caller wrote must not become what he did not.
    private static func highestNumber(in bytes: [UInt8]) -> Int {
        let opening = Array(opening.utf8)
        var highest = 0
        var index = 0
        while index + opening.count < bytes.count {
            guard bytes[index] == opening[0], bytes[index...].starts(with: opening) else {
                index += 1
                continue
            }
            index += opening.count
            let inside = bytes[index...].prefix(64).prefix { $0 != UInt8(ascii: "]") }
            let digits = inside.reversed().prefix(while: \.isDigit).reversed()
            if digits.count <= 9, let number = Int(String(decoding: digits, as: UTF8.self)) {
                highest = max(highest, number)
            }
        }
        return highest
    }
}
