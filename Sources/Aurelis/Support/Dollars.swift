/// Money for people: picodollars as dollars, exact arithmetic, rounded for reading.
///
///     Dollars.text(1_234_500_000_000)     // $1.23
///     Dollars.text(4_200_000_000)         // $0.0042
///     Dollars.text(1_500_000)             // $0.0000015
package enum Dollars {
    /// Two digits after the point; below ten cents four; below a tenth of a cent two that are not zero.
    package static func text(_ picodollars: Int64) -> String {
        guard picodollars > 0 else { return "$0" }
        if picodollars >= 100_000_000_000 { return text(picodollars, digits: 2) }
        if picodollars >= 1_000_000_000 { return text(picodollars, digits: 4) }
        var digits = 12
        var rest = picodollars
        while rest >= 100 {
            rest /= 10
            digits -= 1
        }
        var text = text(picodollars, digits: digits)
        while text.last == "0" { text.removeLast() }
        return text
    }

    private static func text(_ picodollars: Int64, digits: Int) -> String {
        let scale = (0..<digits).reduce(Int64(1)) { product, _ in product * 10 }
        let unit = 1_000_000_000_000 / scale
        let rounded = picodollars / unit + (picodollars % unit * 2 >= unit ? 1 : 0)
        let fraction = "\(rounded % scale)"
        return "$\(rounded / scale).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
    }
}
