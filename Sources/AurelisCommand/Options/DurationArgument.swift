/// A length of time on the command line: `500ms`, `30s`, `2m`, `1h`, or a bare number of seconds.
struct DurationArgument: ExplainedArgument, Hashable {
    let duration: Duration

    static let possible = "a length of time above 0, such as 500ms, 30s, 10m or 24h"

    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), number.isFinite, number >= 0 else { return nil }
        let milliseconds: Double
        switch argument.dropFirst(digits.count) {
        case "ms": milliseconds = number
        case "", "s": milliseconds = number * 1_000
        case "m": milliseconds = number * 60_000
        case "h": milliseconds = number * 3_600_000
        default: return nil
        }
        // A year is longer than anything here lasts, and far from overflow.
        guard milliseconds >= 1, milliseconds <= 366 * 86_400_000 else { return nil }
        duration = .milliseconds(Int64(milliseconds.rounded()))
    }
}
