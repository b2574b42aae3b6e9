/// A day of the Gregorian calendar, in UTC.
///
///     CalendarDate(parsing: "2026-07-30")?.secondsSinceEpoch   // 1785369600
package struct CalendarDate: Sendable, Hashable {
    /// The year, such as 2026.
    package let year: Int
    /// 1 to 12.
    package let month: Int
    /// 1 to 31.
    package let day: Int

    /// A day by its numbers; nil when the calendar has no such day.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999) ~= year, (1...12) ~= month, (1...CalendarDate.days(in: month, of: year)) ~= day else {
            return nil
        }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads `YYYY-MM-DD`; nil for anything else.
    package init?(parsing text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], parts.allSatisfy({ $0.utf8.allSatisfy(ASCII.isDigit) }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The first second of the day, counted from 1970-01-01 UTC.
    package var secondsSinceEpoch: Int64 {
        // Years begin in March here, so that the leap day is a year's last.
        let shiftedYear = month > 2 ? year : year - 1
        let shiftedMonth = (month + 9) % 12
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1
        let days = 365 * shiftedYear + shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400 + dayOfYear
        return Int64(days - CalendarDate.daysBefore1970) * 86_400
    }

    /// The days from 0000-03-01 to 1970-01-01.
    private static let daysBefore1970 = 719_468

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension CalendarDate: CustomStringConvertible {
    /// `YYYY-MM-DD`
    package var description: String {
        func padded(_ number: Int, to width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))"
    }
}
