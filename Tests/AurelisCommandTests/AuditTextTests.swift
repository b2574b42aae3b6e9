import AurelisJSON
import Testing

@testable import AurelisCommand

@Suite("The audit log for people and spreadsheets")
struct AuditTextTests {
    private let plain = Style(isEnabled: false)

    @Test("an entry is one line, its seal left out, nothing in it steers the terminal")
    func line() throws {
        let entry = try JSONDocument(
            #"{"seq":3,"time":"2026-11-28T10:00:00.000Z","event":"model_response","model_used":"\u001b[2Jx\ny","latency_ms":5,"outcome":"answered","compliance_level":"standard","pid":1,"mac":"00"}"#
        )
        let text = AuditText.line(entry, plain)
        #expect(text.hasPrefix("2026-11-28T10:00:00.000Z  model_response model_used="))
        #expect(text.hasSuffix(" latency_ms=5 outcome=answered\n"))
        #expect(!text.dropLast().contains { $0.isNewline || $0 == "\u{1B}" } && !text.contains("mac"))
    }

    @Test("on a terminal nothing in a row steers it; in a file every character is there, in quotes")
    func steering() throws {
        let name = "m\u{1B}]0;x\u{7}\u{9B}2J\u{202E}a\r\nb\u{2028}"
        let entry = try JSONDocument(
            JSONFragment.object([
                ("seq", .int(1)), ("model_requested", .string(name)), ("other", .string("\u{9B}2J\u{202E}")),
            ]).bytes
        )
        let shown = AuditCSV.row(entry, isShown: true)
        #expect(shown.hasSuffix("\r\n"))
        let steers = shown.dropLast().unicodeScalars.filter { scalar in
            scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0x2028...0x202E).contains(scalar.value)
        }
        #expect(steers.isEmpty, "\(steers)")
        #expect(AuditCSV.row(entry).contains("\"\(name)\""))
    }

    @Test("what could end a cell is in quotes, also with an accent on it")
    func quoting() throws {
        let entry = try JSONDocument(JSONFragment.object([("tenant", .string("a\"\u{301},=1\r"))]).bytes)
        #expect(Array(AuditCSV.row(entry).utf8).contains(Array("\"a\"\"\u{301},=1\r\",".utf8)))
    }

    @Test("a row has the columns of its heading; what has none is in the last one; formulas are none")
    func row() throws {
        let entry = try JSONDocument(
            #"{"seq":3,"event":"model_response","tenant":"=1+1","message":"say \"no\", twice","usage":{"prompt_tokens":7},"stream":true,"mac":"00"}"#
        )
        let heading = AuditCSV.heading.dropLast(1).split(separator: ",", omittingEmptySubsequences: false).map(
            String.init
        )
        let row = AuditCSV.row(entry)
        #expect(row.contains(",'=1+1,") && row.contains(#","say ""no"", twice","#) && row.hasSuffix("\r\n"))
        #expect(row.contains(#""{""stream"":true}""#) && !row.contains("00"))
        #expect(heading.count == 27)
        // The quoted message has one comma of its own.
        #expect(row.split(separator: ",", omittingEmptySubsequences: false).count == heading.count + 1)
        #expect(row.split(separator: ",", omittingEmptySubsequences: false)[15] == "7")
    }
}
