internal import Foundation

/// A moment as people write it: `2026-11-29T04:00:00Z`, or how long ago it was: `90s`, `15m`, `2h`, `7d`.
enum Moment {
    private static let units: [Character: Int64] = ["s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
    /// Longer than anything is kept, and far from overflow.
    private static let furthest: Int64 = 3_660 * 86_400_000

    /// In milliseconds since 1970-01-01 UTC; nil for anything else.
    static func milliseconds(_ text: String, now: Int64) -> Int64? {
        if let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), text.first != "+",
            count >= 0
        {
            let (length, overflow) = count.multipliedReportingOverflow(by: unit)
            return overflow || length > furthest ? nil : max(0, now - length)
        }
        for style in [Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true)] {
            guard let date = try? Date(text, strategy: style) else { continue }
            let seconds = date.timeIntervalSince1970
            guard (0...253_402_300_799).contains(seconds) else { return nil }
            return Int64((seconds * 1_000).rounded(.down))
        }
        return nil
    }
}
