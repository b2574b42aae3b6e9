import Testing

@testable import AurelisProviders

@Suite("Dates of providers")
struct DateTests {
    @Test(
        "days are counted from 1970",
        arguments: [
            ("1970-01-01", 0), ("2000-02-29", 951_782_400), ("2026-07-30", 1_785_369_600), ("1969-12-31", -86_400),
            ("2100-03-01", 4_107_542_400),
        ]
    )
    func days(_ text: String, _ seconds: Int64) throws {
        let date = try #require(CalendarDate(parsing: text))
        #expect(date.secondsSinceEpoch == seconds)
        #expect(date.description == text)
    }

    @Test(
        "days that no calendar has",
        arguments: ["2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "2026-01-32", "26-01-01", "2026/01/01", ""]
    )
    func noDays(_ text: String) {
        #expect(CalendarDate(parsing: text) == nil)
    }

    @Test(
        "dates of header fields",
        arguments: [
            ("Thu, 30 Jul 2026 00:00:00 GMT", 1_785_369_600), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("@1785369600", 1_785_369_600),
        ]
    )
    func fields(_ text: String, _ seconds: Int64) {
        #expect(HTTPDate.secondsSinceEpoch(text) == seconds)
    }

    @Test(
        "what is no date of a header field",
        arguments: [
            "", "Thu, 30 Jul 2026", "Thu, 30 Jul 2026 25:00:00 GMT", "Thu, 30 Jux 2026 00:00:00 GMT", "@x", "true",
        ]
    )
    func noFields(_ text: String) {
        #expect(HTTPDate.secondsSinceEpoch(text) == nil)
    }
}
