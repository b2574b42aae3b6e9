/// Money for people: picodollars as dollars, exact arithmetic, rounded for reading.
///
///     Dollars.text(1_234_500_000_000)     // $1.23
///     Dollars.text(4_200_000_000)         // $0.0042
enum Dollars {
    /// Two digits after the point; below ten cents four; what is less still is said to be less.
    static func text(_ picodollars: Int64) -> String {
        let (digits, unit): (Int, Int64) = picodollars < 100_000_000_000 ? (4, 100_000_000) : (2, 10_000_000_000)
        guard picodollars > 0 else { return "$0" }
        guard picodollars >= unit / 2 else { return "<$0.0001" }
        let rounded = picodollars / unit + (picodollars % unit >= unit / 2 ? 1 : 0)
        let scale: Int64 = digits == 4 ? 10_000 : 100
        let fraction = "\(rounded % scale)"
        return "$\(rounded / scale).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
    }
}
