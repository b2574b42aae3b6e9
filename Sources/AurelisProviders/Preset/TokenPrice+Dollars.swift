package import Aurelis

extension TokenPrice {
    /// The picodollars of one token, from dollars for a million as price lists write them: `"0.15"` is 150,000.
    ///
    /// Read digit by digit, because a `Double` has no 0.15. nil for what is no plain decimal, for more than 6 decimals,
    /// and from ten billion dollars on.
    package static func picodollars(perMillionTokens text: String) -> Int64? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        let whole = parts[0]
        let decimals = parts.count == 2 ? parts[1] : parts[0].suffix(0)
        guard (1...10) ~= whole.count, parts.count == 1 || (1...6) ~= decimals.count else { return nil }
        var value: Int64 = 0
        for digit in whole {
            guard ASCII.isDigit(digit) else { return nil }
            value = value * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        for digit in decimals {
            guard ASCII.isDigit(digit) else { return nil }
            value = value * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        for _ in decimals.count..<6 { value *= 10 }
        return value
    }
}
