import Foundation
import Testing

@testable import AurelisProviders

@Suite("Keys in Base64")
struct SecretBase64Tests {
    private func decoded(_ text: String) -> [UInt8]? {
        Secret(text).withBytes { Secret.decoding(base64: $0[...]) }.map { $0.withBytes { Array($0) } }
    }

    @Test("whatever is written is what Foundation writes, and is read again", arguments: 0..<64)
    func roundTrip(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = (0..<Int(seed)).map { _ in UInt8.random(in: 0...255, using: &random) }
        let text = Secret(bytes).base64.withText { $0 }
        #expect(text == Data(bytes).base64EncodedString())
        #expect(decoded(" \t\(text)\r\n") == (bytes.isEmpty ? nil : bytes))
    }

    @Test(
        "what is no Base64 is none",
        arguments: ["", " ", "A", "AB", "ABC", "A===", "====", "AB=C", "AB C", "AB-_", "ABCD=", "ÄBCD"]
    )
    func malformed(text: String) { #expect(decoded(text) == nil) }

    @Test("random keys have their length and differ")
    func random() {
        let keys = [Secret.random(count: 32), Secret.random(count: 32)]
        #expect(keys.allSatisfy { $0.count == 32 } && !keys[0].isSame(as: keys[1]))
    }
}
