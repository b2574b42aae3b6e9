#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The `Date` field's value, made once a second: RFC 9110 wants it of every server that has a clock.
struct HTTPDate {
    private var second: Int?
    private var text = StaticDate(secondsSince1970: 0)

    /// The present, to the second.
    mutating func now() -> StaticDate { at(Int(time(nil))) }

    mutating func at(_ now: Int) -> StaticDate {
        if second != now {
            second = now
            text = StaticDate(secondsSince1970: now)
        }
        return text
    }
}

/// A moment in the form `Sun, 06 Nov 1994 08:49:37 GMT`.
struct StaticDate: Sendable, Equatable {
    let bytes: [UInt8]

    /// - Parameter seconds: since 1970, not negative.
    init(secondsSince1970 seconds: Int) {
        let days = seconds / 86_400
        let (year, month, day) = Self.civil(daysSince1970: days)
        let names = (Self.days[(days + 4) % 7], Self.months[month - 1])
        let clock = [seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60].map(Self.twoDigits).joined(separator: ":")
        bytes = Array("\(names.0), \(Self.twoDigits(day)) \(names.1) \(year) \(clock) GMT".utf8)
    }

    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// The Gregorian date: years begin in March, so that the leap day comes last, and eras of 400 years repeat.
    private static func civil(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
