/// Reads the dates of HTTP header fields.
///
///     HTTPDate.secondsSinceEpoch("Thu, 30 Jul 2026 00:00:00 GMT")   // 1785369600
package enum HTTPDate {
    /// Seconds since 1970-01-01 UTC; nil for anything but the one form that is still sent (RFC 9110, IMF-fixdate), and
    /// the `@seconds` of RFC 9745.
    package static func secondsSinceEpoch(_ text: String) -> Int64? {
        let text = text.trimmed
        if text.first == "@" { return Int64(text.dropFirst()) }
        let words = text.split(whereSeparator: { $0 == " " || $0 == "," })
        guard words.count == 6, words[5] == "GMT" || words[5] == "UTC",
            let month = months.firstIndex(where: { $0.equalsIgnoringCase(words[2]) }),
            let day = Int(words[1]), let year = Int(words[3]),
            let date = CalendarDate(year: year, month: month + 1, day: day),
            let time = secondsOfDay(words[4])
        else { return nil }
        return date.secondsSinceEpoch + time
    }

    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    private static func secondsOfDay(_ text: Substring) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) ?? -1 }
        // A leap second is the last moment of its day.
        guard parts.count == 3, (0..<24) ~= parts[0], (0..<60) ~= parts[1], (0...60) ~= parts[2] else { return nil }
        return parts[0] * 3_600 + parts[1] * 60 + min(parts[2], 59)
    }
}
