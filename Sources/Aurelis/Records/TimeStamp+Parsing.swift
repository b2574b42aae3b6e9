extension TimeStamp {
    /// Reads what `description` writes for the years 0 to 9999; nil for anything else.
    ///
    ///     TimeStamp(parsing: "2023-11-14T22:13:20.123Z")?.milliseconds     // 1700000000123
    package init?(parsing text: String) {
        let text = Array(text.utf8)
        let form = Array("0000-00-00T00:00:00.000Z".utf8)
        guard text.count == form.count else { return nil }
        var numbers: [Int64] = [0]
        for (byte, sign) in zip(text, form) {
            if sign == UInt8(ascii: "0") {
                guard byte &- UInt8(ascii: "0") < 10 else { return nil }
                numbers[numbers.count - 1] = numbers[numbers.count - 1] * 10 + Int64(byte - UInt8(ascii: "0"))
            } else {
                guard byte == sign else { return nil }
                numbers.append(0)
            }
        }
        // A year that begins in March has its leap day at its end.
        let (month, day) = (numbers[1], numbers[2])
        let year = numbers[0] - (month <= 2 ? 1 : 0)
        let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let leapDays = year >= 0 ? year / 4 - year / 100 + year / 400 : -1
        let days = 365 * year + leapDays + ofYear - 719_468
        let seconds = numbers[3] * 3_600 + numbers[4] * 60 + numbers[5]
        self.init(milliseconds: (days * 86_400 + seconds) * 1_000 + numbers[6])
        // Whatever does not come out as it went in is no date: the 31st of April, 25 o'clock.
        guard Array(description.utf8) == text else { return nil }
    }
}
