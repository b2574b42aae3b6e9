/// A moment of UTC as RFC 3339 spells it.
///
///     TimeStamp(milliseconds: 1_700_000_000_123).description   // 2023-11-14T22:13:20.123Z
package struct TimeStamp: CustomStringConvertible {
    /// Since 1970-01-01 UTC.
    package let milliseconds: Int64

    /// The moment so many milliseconds after 1970-01-01 UTC.
    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package var description: String {
        let (days, ofDay) = Self.floored(milliseconds, by: 86_400_000)
        let (year, month, day) = Self.civil(daysSince1970: days)
        let (seconds, fraction) = (ofDay / 1_000, ofDay % 1_000)
        if (0...9_999).contains(year) { return Self.text(year, month, day, seconds, fraction) }
        let date = "\(Self.digits(year, 4))-\(Self.digits(month, 2))-\(Self.digits(day, 2))"
        let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60)
        let time = "\(Self.digits(hour, 2)):\(Self.digits(minute, 2)):\(Self.digits(second, 2))"
        return "\(date)T\(time).\(Self.digits(fraction, 3))Z"
    }

    /// The Gregorian date, by counting in years that begin in March: a leap day is then the last of its year.
    private static func civil(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // 719,468 days from 0000-03-01; 146,097 days are 400 years.
        let (era, ofEra) = floored(days + 719_468, by: 146_097)
        let yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * ofYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let day = ofYear - (153 * monthFromMarch + 2) / 5 + 1
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
    }

    private static func floored(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    /// The text of a year of four digits, written in place.
    private static func text(_ year: Int64, _ month: Int64, _ day: Int64, _ seconds: Int64, _ fraction: Int64) -> String
    {
        String(unsafeUninitializedCapacity: 24) { text in
            var end = 0
            func put(_ value: Int64, _ count: Int, _ sign: UInt8) {
                var rest = value
                for place in (end..<end + count).reversed() {
                    text[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                    rest /= 10
                }
                text[end + count] = sign
                end += count + 1
            }
            put(year, 4, UInt8(ascii: "-"))
            put(month, 2, UInt8(ascii: "-"))
            put(day, 2, UInt8(ascii: "T"))
            put(seconds / 3_600, 2, UInt8(ascii: ":"))
            put(seconds / 60 % 60, 2, UInt8(ascii: ":"))
            put(seconds % 60, 2, UInt8(ascii: "."))
            put(fraction, 3, UInt8(ascii: "Z"))
            return end
        }
    }

    private static func digits(_ value: Int64, _ count: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, count - digits.count)) + digits
    }
}
