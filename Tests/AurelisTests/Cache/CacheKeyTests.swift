import AurelisJSON
import AurelisTesting
import Foundation
import Testing

@testable import Aurelis

@Suite("Cache: keys")
struct CacheKeyTests {
    private struct Vectors: Decodable {
        struct Vector: Decodable {
            let about, tenant, provider, address, model, operation, body, key: String
            let encoding: String?
        }

        let vectors: [Vector]
    }

    static func call(_ body: String, operation: ModelOperation = .chatCompletion) throws -> ModelCall {
        // Nested members may come twice, also in a request.
        ModelCall(operation: operation, body: try JSONDocument(body), model: nil)
    }

    private func key(
        _ body: String,
        tenant: String = "",
        provider: ProviderID = "p",
        address: String = "a",
        model: String = "m"
    )
        throws -> CacheKey
    {
        var call = try Self.call(body)
        call.tenant = tenant
        return CacheKey(of: call, provider: provider, address: address, model: model)
    }

    @Test("every vector of the specification")
    func vectors() throws {
        let file = URL(fileURLWithPath: #filePath).appendingPathComponent(
            "../../../../Documentation/cache-key-vectors.json"
        )
        let vectors = try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file.standardizedFileURL)).vectors
        #expect(vectors.count > 20)
        for vector in vectors {
            let operation = try #require(ModelOperation(rawValue: vector.operation))
            var call = try Self.call(vector.body, operation: operation)
            call.tenant = vector.tenant
            let provider = ProviderID(rawValue: vector.provider)
            if let encoding = vector.encoding {
                let bytes = CanonicalRequest.bytes(
                    of: call,
                    provider: provider,
                    address: vector.address,
                    model: vector.model
                )
                #expect(Hexadecimal.encode(bytes) == encoding, "\(vector.about)")
            }
            let key = CacheKey(of: call, provider: provider, address: vector.address, model: vector.model)
            #expect("\(key)" == vector.key, "\(vector.about)")
        }
    }

    @Test("a key is read as it is written, and nothing else is a key")
    func parsing() throws {
        let key = try key("{}")
        #expect(CacheKey(parsing: "\(key)") == key)
        #expect(CacheKey(bytes: key.bytes) == key)
        for text in [
            "", "0", "\(key)0", String("\(key)".dropLast()), "\(key)".uppercased(), "g" + "\(key)".dropFirst(),
        ] {
            #expect(CacheKey(parsing: text) == nil)
        }
    }

    @Test("neighbours cannot be mistaken for each other")
    func collisions() throws {
        #expect(try key("{}", tenant: "ab", provider: "c") != key("{}", tenant: "a", provider: "bc"))
        #expect(try key(#"{"a":"b","c":"d"}"#) != key(#"{"a":"bc","d":""}"#))
        #expect(try key(#"{"a":["b","c"]}"#) != key(#"{"a":["bc"]}"#))
        #expect(try key(#"{"a":[[1],2]}"#) != key(#"{"a":[[1,2]]}"#))
        #expect(try key(#"{"a":"1"}"#) != key(#"{"a":1}"#))
        #expect(try key(#"{"a":{"b":null}}"#) != key(#"{"a":{}}"#))
        #expect(try key(#"{"\u00e9":1}"#) != key(#"{"e\u0301":1}"#))
        #expect(try key(#"{"a":"\u00e9"}"#) != key(#"{"a":"e\u0301"}"#))
    }

    @Test("objects with many members, and with escaped names, are ordered like small ones")
    func manyMembers() throws {
        let names = (0..<40).map { "k\($0)" }
        let plain = "{" + names.map { "\"\($0)\":1" }.joined(separator: ",") + "}"
        let shuffled =
            "{" + names.sorted { $0.hashValue < $1.hashValue }.map { "\"\($0)\":1" }.joined(separator: ",") + "}"
        #expect(try key("{\"x\":\(plain)}") == key("{\"x\":\(shuffled)}"))
        #expect(try key(#"{"x":{"\u0062":1,"a":2}}"#) == key(#"{"x":{"a":2,"b":1}}"#))
    }

    // MARK: Properties

    /// A request that can be changed and written in many ways.
    private struct Request {
        var members: [(name: String, value: Node)]

        indirect enum Node {
            case null, bool(Bool), number(Int, Int), text(String), list([Node]), object([(name: String, value: Node)])
        }

        init(_ random: inout SplitMix64) {
            members = [
                (
                    "messages",
                    .list(
                        (0..<Int.random(in: 1...3, using: &random)).map { _ in
                            .object([
                                (
                                    "role",
                                    .text(["user", "assistant", "system"].randomElement(using: &random) ?? "user")
                                ),
                                ("content", .text(Self.word(&random))),
                            ])
                        }
                    )
                )
            ]
            for name in ["temperature", "seed", "tools", "stop", "response_format", "x_unknown"]
            where Bool.random(using: &random) {
                members.append((name, Self.node(&random, depth: 2)))
            }
        }

        static func word(_ random: inout SplitMix64) -> String {
            let pieces = ["a", "  ", "\n", "\"", "\\", "é", "e\u{301}", "😀", "\u{0}", "x y", "\t", "/", ""]
            return (0..<Int.random(in: 0...5, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                .joined()
        }

        static func node(_ random: inout SplitMix64, depth: Int) -> Node {
            switch Int.random(in: 0..<(depth == 0 ? 4 : 6), using: &random) {
            case 0: .bool(Bool.random(using: &random))
            case 1: .number(Int.random(in: -99...99, using: &random), Int.random(in: -4...4, using: &random))
            case 2: .text(word(&random))
            case 3: .number(Int.random(in: 0...9, using: &random), 0)
            case 4: .list((0..<Int.random(in: 0...3, using: &random)).map { _ in node(&random, depth: depth - 1) })
            default:
                .object(
                    Set((0..<Int.random(in: 0...3, using: &random)).map { _ in word(&random) }.map { Data($0.utf8) })
                        .map { (String(decoding: $0, as: UTF8.self), node(&random, depth: depth - 1)) }
                )
            }
        }

        /// The request in one of many spellings.
        func spelled(_ random: inout SplitMix64) -> String {
            Self.spelled(.object(members), &random)
        }

        static func spelled(_ node: Node, _ random: inout SplitMix64) -> String {
            let gap = [" ", "", "\n\t"].randomElement(using: &random) ?? ""
            switch node {
            case .null: return "null"
            case .bool(let value): return "\(value)"
            case .number(let digits, let power): return number(digits, power, &random)
            case .text(let text): return quoted(text, &random)
            case .list(let nodes):
                return "[" + gap + nodes.map { spelled($0, &random) }.joined(separator: gap + ",") + "]"
            case .object(let members):
                let ordered = members.shuffled(using: &random)
                return "{"
                    + ordered.map { quoted($0.name, &random) + gap + ":" + gap + spelled($0.value, &random) }
                    .joined(separator: ",") + gap + "}"
            }
        }

        private static func number(_ digits: Int, _ power: Int, _ random: inout SplitMix64) -> String {
            switch Int.random(in: 0..<3, using: &random) {
            case 0: "\(digits)e\(power)"
            case 1 where digits != 0: "\(digits)0E\(power - 1)"
            default: "\(digits).000e\(power < 0 ? "" : "+")\(power)"
            }
        }

        private static func quoted(_ text: String, _ random: inout SplitMix64) -> String {
            var quoted = "\""
            for unit in text.utf16 {
                let plain =
                    Unicode.Scalar(unit).map { $0.value >= 0x20 && $0 != "\"" && $0 != "\\" && $0.isASCII } ?? false
                if plain, Int.random(in: 0..<4, using: &random) > 0 {
                    quoted.unicodeScalars.append(Unicode.Scalar(unit) ?? "?")
                } else {
                    quoted +=
                        "\\u" + String(repeating: "0", count: 4 - String(unit, radix: 16).count)
                        + String(unit, radix: 16)
                }
            }
            return quoted + "\""
        }
    }

    @Test("whatever cannot shape the answer does not change the key", arguments: 1...60 as ClosedRange<UInt64>)
    func invariance(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let request = Request(&random)
        let key = try key(request.spelled(&random))
        for _ in 0..<4 { #expect(try self.key(request.spelled(&random)) == key) }
        var dressed = request
        dressed.members += [
            ("stream", .bool(true)), ("user", .text(Request.word(&random))), ("model", .text("x")), ("top_p", .null),
            ("stream_options", .object([("include_usage", .bool(true))])), ("store", .bool(true)),
            ("service_tier", .text("flex")), ("prompt_cache_key", .text("k")),
        ]
        #expect(try self.key(dressed.spelled(&random)) == key)
    }

    @Test("whatever can shape the answer changes the key", arguments: 1...60 as ClosedRange<UInt64>)
    func sensitivity(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let request = Request(&random)
        let key = try key(request.spelled(&random))
        #expect(try self.key(request.spelled(&random), tenant: "t") != key)
        #expect(try self.key(request.spelled(&random), provider: "q") != key)
        #expect(try self.key(request.spelled(&random), address: "b") != key)
        #expect(try self.key(request.spelled(&random), model: "n") != key)
        for change in Change.allCases {
            var changed = request
            guard change.apply(to: &changed.members) else { continue }
            #expect(try self.key(changed.spelled(&random)) != key, "\(change)")
        }
    }

    private enum Change: CaseIterable {
        case added, removed, indented, spaced, reordered, lettered

        func apply(to members: inout [(name: String, value: Request.Node)]) -> Bool {
            guard let place = members.firstIndex(where: { $0.name == "messages" }),
                case .list(var messages) = members[place].value, case .object(let first)? = messages.first,
                let content = first.first(where: { $0.name == "content" }), case .text(let text) = content.value
            else { return false }
            func with(_ text: String) -> Request.Node {
                .object(first.map { $0.name == "content" ? ($0.name, .text(text)) : $0 })
            }
            switch self {
            case .added: members.append(("frequency_penalty", .number(1, -1)))
            case .removed:
                guard members.count > 1 else { return false }
                members.removeLast()
            case .indented: messages[0] = with("    " + text)
            case .spaced: messages[0] = with(text + " ")
            case .lettered: messages[0] = with(text + "é")
            case .reordered: messages.append(with(text + "later"))
            }
            if self != .added, self != .removed { members[place].value = .list(messages) }
            return true
        }
    }
}
