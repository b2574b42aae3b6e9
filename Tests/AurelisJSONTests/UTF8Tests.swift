import AurelisJSON
import Testing

@Suite("UTF-8")
struct UTF8Tests {
    private func isAccepted(_ inside: some Sequence<UInt8>) -> Bool {
        (try? JSONDocument([UInt8(ascii: "\"")] + Array(inside) + [UInt8(ascii: "\"")])) != nil
    }

    private func isValid(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

    @Test("all pairs of bytes beyond ASCII are judged as the standard library does")
    func pairs() {
        for first in UInt8(0x80)...0xFF {
            for second in UInt8(0x70)...0xFF where isAccepted([first, second]) != isValid([first, second]) {
                Issue.record("\([first, second])")
            }
        }
    }

    @Test("sequences at the edges of every range are judged as the standard library does")
    func edges() {
        let leads: [UInt8] = [
            0x7F, 0x80, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5,
            0xF8, 0xFF,
        ]
        let following: [UInt8] = [0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xE0]
        for lead in leads {
            for second in following {
                for third in following {
                    let three = [lead, second, third]
                    if isAccepted(three) != isValid(three) { Issue.record("\(three)") }
                    for fourth in following {
                        let four = three + [fourth]
                        if isAccepted(four) != isValid(four) { Issue.record("\(four)") }
                    }
                }
            }
        }
    }

    @Test(
        "the first and last scalars of each length are accepted",
        arguments: [
            0x80, 0x7FF, 0x800, 0xFFF, 0x1000, 0xD7FF, 0xE000, 0xFFFD, 0xFFFF, 0x10000, 0x3FFFF, 0xFFFFF, 0x10FFFF,
        ] as [UInt32]
    )
    func scalars(_ value: UInt32) throws {
        let text = String(try #require(Unicode.Scalar(value)))
        #expect(try JSONDocument("\"\(text)\"").root.string?.utf8.elementsEqual(text.utf8) == true)
    }

    @Test("invalid bytes are refused outside of strings too")
    func outside() {
        #expect(throws: JSONError.self) { try JSONDocument([UInt8(ascii: "["), 0xC3, UInt8(ascii: "]")]) }
    }
}
