import AurelisJSON
import Foundation
import Testing

@Suite("compared with Foundation")
struct FoundationTests {
    @Test("a generated document reads as Foundation reads it", arguments: 0..<80)
    func generated(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed &+ 2_000)
        let text = Array(random.spell(random.object(members: 8, depth: 4)).utf8)
        let theirs = try JSONSerialization.jsonObject(with: Data(text))
        #expect(matches(try JSONDocument(text).root, theirs))
    }

    @Test("mutated texts are accepted and read as by Foundation", arguments: 0..<20)
    func mutated(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed &+ 3_000)
        // Like us, Foundation refuses half surrogates; unlike us, it lets duplicate names pass at the top too.
        let limits = JSONLimits(rejectsDuplicateMembers: false)
        var accepted = 0
        for _ in 0..<250 {
            var text = Array(random.spell(random.object(members: 3, depth: 2)).utf8)
            for _ in 0..<Int.random(in: 0..<3, using: &random.random) { mutate(&text, &random.random) }
            let ours = Result { () throws(JSONError) in try JSONDocument(text, limits: limits) }
            let theirs = try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)
            let shown = Comment(rawValue: String(decoding: text, as: UTF8.self).debugDescription)
            switch (ours, theirs) {
            case (.success(let document), .some(let theirs)):
                accepted += 1
                #expect(matches(document.root, theirs), shown)
            case (.success(let document), nil): #expect(holdsNumberBeyondDouble(document.root), shown)
            case (.failure(let error), .some): #expect(isTrailingComma(error, in: text), shown)
            case (.failure, nil): break
            }
        }
        #expect((25..<225).contains(accepted))
    }

    private static let bytes =
        Array("{}[]\":,\\/ue0123456789.+-Etfn \n\t'".utf8) + [0x00, 0x1F, 0x7F, 0x80, 0xC0, 0xE2, 0xF0, 0xFF]

    private func mutate(_ text: inout [UInt8], _ random: inout SeededGenerator) {
        guard !text.isEmpty else { return }
        let place = Int.random(in: 0..<text.count, using: &random)
        let byte = Self.bytes.randomElement(using: &random) ?? 0
        switch Int.random(in: 0..<5, using: &random) {
        case 0: text[place] = byte
        case 1: text.insert(byte, at: place)
        case 2: text.remove(at: place)
        case 3: text.swapAt(place, Int.random(in: 0..<text.count, using: &random))
        default: text.append(contentsOf: text[place..<min(place + 5, text.count)])
        }
    }

    /// Foundation refuses a number that `Double` cannot hold; the grammar knows no such bound.
    private func holdsNumberBeyondDouble(_ value: JSONValue) -> Bool {
        if value.kind == .number { return value.double == nil }
        return value.elements.contains(where: holdsNumberBeyondDouble)
            || value.members.contains { holdsNumberBeyondDouble($0.value) }
    }

    /// Foundation lets a comma stand before a closing bracket.
    private func isTrailingComma(_ error: JSONError, in text: [UInt8]) -> Bool {
        guard error.offset < text.count,
            text[error.offset] == UInt8(ascii: "}") || text[error.offset] == UInt8(ascii: "]")
        else { return false }
        return text[..<error.offset].last { !" \n\r\t".utf8.contains($0) } == UInt8(ascii: ",")
    }

    private func matches(_ value: JSONValue, _ theirs: Any) -> Bool {
        switch value.kind {
        case .object:
            guard let object = theirs as? [String: Any] else { return false }
            return value.members.allSatisfy { name, _ in
                guard let member = object[name], let last = value[name] else { return false }
                return matches(last, member)
            }
        case .array:
            guard let array = theirs as? [Any] else { return false }
            return value.count == array.count && zip(value.elements, array).allSatisfy(matches)
        case .string: return value.string == theirs as? String
        case .number: return (theirs as? NSNumber).map { $0.doubleValue == value.double } ?? false
        case .bool: return value.bool == theirs as? Bool
        case .null: return theirs is NSNull
        }
    }
}
