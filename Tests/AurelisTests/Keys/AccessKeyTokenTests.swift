import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Keys: the text of one")
struct AccessKeyTokenTests {
    private static func make(_ kind: AccessKeyKind = .gateway, id: String = "ci", seed: UInt64 = 1) -> (
        text: String, token: AccessKeyToken
    ) {
        var random = SplitMix64(seed: seed)
        return AccessKeyToken.make(kind, id: id, using: &random)
    }

    @Test("says what it opens and whose it is, and is read as what was made", arguments: AccessKeyKind.allCases)
    func roundTrip(kind: AccessKeyKind) throws {
        let (text, token) = Self.make(kind, id: "build-server-2")
        #expect(text.hasPrefix("\(kind.prefix)build-server-2_"))
        #expect(text.utf8.count == kind.prefix.utf8CodeUnitCount + 15 + 43 + 6)
        #expect(try AccessKeyToken(parsing: text) == token)
        #expect(token.kind == kind && token.id == "build-server-2")
    }

    /// The checksum by a second implementation: `zlib.crc32` of Python, to the base of 62.
    @Test("has the form that others may look for")
    func vector() throws {
        let text = "aurelis_ci_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg3IUeiy"
        let token = try AccessKeyToken(parsing: text)
        #expect(token.id == "ci" && token.kind == .gateway)
        let secret = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg".utf8)
        #expect(token.digest == secret.withUnsafeBytes { AccessKeyDigest(of: $0) })
    }

    @Test("any one character that is mistyped, left out, doubled or swapped with its neighbour is told")
    func typos() {
        let text = Array(Self.make().text.utf8)
        func isRefused(_ bytes: [UInt8]) -> Bool {
            (try? AccessKeyToken(parsing: String(decoding: bytes, as: UTF8.self))) == nil
        }
        for index in text.indices {
            for byte in "0aZ_-é*".utf8 where byte != text[index] {
                var wrong = text
                wrong[index] = byte
                #expect(isRefused(wrong))
            }
            #expect(isRefused(Array(text[..<index] + text[(index + 1)...])))
            #expect(isRefused(Array(text[...index] + text[index...])))
            var swapped = text
            swapped.swapAt(index, index == text.count - 1 ? index - 1 : index + 1)
            #expect(swapped == text || isRefused(swapped))
        }
    }

    private static let digits = String(repeating: "a", count: 49)
    static let broken: [(text: String, reason: AccessKeyToken.Malformation)] = [
        ("", .noKey), ("sk-1234", .noKey), ("Aurelis_ci_x", .noKey), ("aurelis_", .form(.gateway)),
        ("aurelis_ci", .form(.gateway)),
        ("aurelis_ci_", .form(.gateway)), ("aurelis_CI_\(digits)", .form(.gateway)),
        ("aurelis__\(digits)", .form(.gateway)),
        ("aurelis_-a_\(digits)", .form(.gateway)), ("aurelis_\(digits)_\(digits)", .form(.gateway)),
        ("aurelis_ci_\(digits)", .checksum),
        ("aurelisadmin_ci_\(digits)", .checksum), ("aurelis_ci_\(digits) ", .form(.gateway)),
        ("aurelis_ci_" + String(repeating: "a", count: 100_000), .form(.gateway)),
        ("aurelisadmin_ci_cut", .form(.admin)),
    ]

    @Test("what is no key says why", arguments: broken)
    func malformed(text: String, reason: AccessKeyToken.Malformation) {
        #expect(throws: reason) { try AccessKeyToken(parsing: text) }
        if case .form(let kind) = reason { #expect("\(reason)".contains(" \(kind.prefix)<name>_")) }
    }

    @Test("whatever comes is read or refused, and read only if it is a key to the last byte", arguments: 0..<64)
    func fuzz(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let good = Array(Self.make(seed: seed).text.utf8)
        for _ in 0..<500 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<max(1, bytes.count), using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: min(index, bytes.count))
                case 1: if !bytes.isEmpty { bytes.remove(at: index) }
                case 2: if !bytes.isEmpty { bytes[index] = UInt8.random(in: .min ... .max, using: &random) }
                case 3: bytes = Array(bytes.prefix(index))
                default: bytes += good.prefix(index)
                }
            }
            guard bytes != good else { continue }
            #expect((try? AccessKeyToken(parsing: String(decoding: bytes, as: UTF8.self))) == nil)
        }
    }

    @Test("secrets use the whole alphabet, and two are never alike")
    func chance() {
        var seen: Set<Character> = []
        var texts: Set<String> = []
        for seed in 0..<200 as Range<UInt64> {
            let text = Self.make(seed: seed).text
            texts.insert(text)
            seen.formUnion(text.dropFirst("aurelis_ci_".count).prefix(43))
        }
        #expect(texts.count == 200)
        #expect(seen.count == 62)
    }

    @Test("two digests are equal only when every bit of them is")
    func digests() {
        let secret = Array(repeating: UInt8(ascii: "a"), count: 43)
        let digest = secret.withUnsafeBytes { AccessKeyDigest(of: $0) }
        #expect(digest.matches(secret.withUnsafeBytes { AccessKeyDigest(of: $0) }))
        for index in secret.indices {
            var other = secret
            other[index] ^= 1
            #expect(!digest.matches(other.withUnsafeBytes { AccessKeyDigest(of: $0) }))
        }
    }
}
