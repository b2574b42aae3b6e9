import AurelisTesting
import Foundation
import Testing

@testable import Aurelis

/// A book, and chance that repeats.
struct KeyBookSetting {
    var book = AccessKeyBook()
    var random = SplitMix64(seed: 7)

    mutating func create(
        _ name: String,
        _ kind: AccessKeyKind = .gateway,
        at now: Int64 = 0,
        _ change: (inout AccessKeyDraft) -> Void = { _ in }
    ) throws(AccessKeyError) -> (key: AccessKey, text: String) {
        var draft = AccessKeyDraft(name: name, kind: kind)
        change(&draft)
        return try book.create(draft, at: now, using: &random)
    }

    mutating func rotate(_ name: String, grace: Duration = .zero, at now: Int64) throws(AccessKeyError) -> String {
        try book.rotate(name, grace: grace, at: now, using: &random).text
    }

    func verdict(_ text: String, as kind: AccessKeyKind = .gateway, at now: Int64) throws -> AccessKeyRing.Verdict {
        AccessKeyRing(book).authenticate(try AccessKeyToken(parsing: text), as: kind, at: now)
    }

    /// Whose key it is; nil: it opens nothing.
    func opens(_ text: String, as kind: AccessKeyKind = .gateway, at now: Int64) throws -> String? {
        guard case .granted(let grant) = try verdict(text, as: kind, at: now) else { return nil }
        return grant.id
    }

    func refusal(_ text: String, as kind: AccessKeyKind = .gateway, at now: Int64) throws -> AccessRefusal? {
        guard case .refused(let refusal) = try verdict(text, as: kind, at: now) else { return nil }
        return refusal
    }
}

@Suite("Keys: the book")
struct AccessKeyBookTests {
    @Test(
        "a public name is made of what a person calls it",
        arguments: [
            ("ci", "ci"), ("Build Server", "build-server"), ("  ann@example.com ", "ann-example-com"), ("日本", "key"),
            ("--x--", "x"), ("a__b", "a-b"), (String(repeating: "long ", count: 12), "long-long-long-long-long"),
        ]
    )
    func ids(name: String, id: String) throws {
        var setting = KeyBookSetting()
        #expect(try setting.create(name).key.id == id)
    }

    @Test("a public name is never given twice, so that nobody inherits another's answers")
    func idsAreNotReused() throws {
        var setting = KeyBookSetting()
        _ = try setting.create("ci")
        #expect(throws: AccessKeyError.nameTaken("ci")) { () throws in _ = try setting.create("ci") }
        try setting.book.revoke("ci", at: 1)
        #expect(try setting.create("ci", at: 2).key.id == "ci-2")
        // By its public name first: "ci" is the one that was revoked.
        #expect(setting.book["ci"]?.revoked == 1)
        #expect(setting.book["ci-2"]?.isUsable(at: 3) == true)
        #expect(try setting.create("CI", at: 3).key.id == "ci-3")
    }

    @Test("a key opens what it is for until it expires")
    func expiry() throws {
        var setting = KeyBookSetting()
        let (_, text) = try setting.create("ci") { $0.lifetime = .seconds(60) }
        #expect(try setting.opens(text, at: 59_999) == "ci")
        #expect(try setting.refusal(text, at: 60_000) == .expired("ci", at: 60_000))
        #expect(throws: AccessKeyError.notUsable("ci")) { () throws in _ = try setting.rotate("ci", at: 60_000) }
        // Its name is free again.
        #expect(try setting.create("ci", at: 60_000).key.id == "ci-2")
    }

    @Test("a revoked key opens nothing, neither by its present secret nor by the one before")
    func revocation() throws {
        var setting = KeyBookSetting()
        let old = try setting.create("ci").text
        let new = try setting.rotate("ci", grace: .seconds(60), at: 10)
        #expect(try setting.opens(old, at: 11) == "ci" && setting.opens(new, at: 11) == "ci")
        try setting.book.revoke("ci", at: 20)
        try setting.book.revoke("ci", at: 30)
        #expect(try setting.refusal(new, at: 40) == .revoked("ci", at: 20))
        #expect(try setting.refusal(old, at: 40) == .unknown)
    }

    @Test("a rotated key stays whose it was; the old secret is good for its grace, and for no longer")
    func rotation() throws {
        var setting = KeyBookSetting()
        let first = try setting.create("ci") { $0.limits.requestsPerDay = 5 }.text
        let second = try setting.rotate("ci", grace: .seconds(1), at: 1_000)
        #expect(try setting.opens(first, at: 1_999) == "ci" && setting.opens(second, at: 1_999) == "ci")
        #expect(try setting.refusal(first, at: 2_000) == .replaced("ci", at: 1_000))
        #expect(try setting.opens(second, at: 2_000) == "ci")
        #expect(setting.book["ci"]?.limits.requestsPerDay == 5)
        // Without a grace at once; and the one before the last ends with any rotation.
        let third = try setting.rotate("ci", grace: .seconds(100), at: 3_000)
        let fourth = try setting.rotate("ci", at: 3_001)
        #expect(try setting.refusal(second, at: 3_001) == .unknown)
        #expect(try setting.refusal(third, at: 3_001) == .replaced("ci", at: 3_001))
        #expect(try setting.opens(fourth, at: 3_001) == "ci")
    }

    @Test("what is kept holds no secret, and comes back as it was")
    func coding() throws {
        var setting = KeyBookSetting()
        let pattern = try #require(ModelPattern("gpt-4o*"))
        let (_, text) = try setting.create("ci") { draft in
            draft.scope = AccessScope(models: [pattern], tasks: [.codeReview], endpoints: [.chat])
            draft.limits.dailyBudget = 2_500_000_000_000
            draft.lifetime = .seconds(60)
        }
        _ = try setting.create("ops", .admin)
        let new = try setting.rotate("ci", grace: .seconds(5), at: 1)
        let data = try JSONEncoder().encode(setting.book)
        #expect(try JSONDecoder().decode(AccessKeyBook.self, from: data) == setting.book)
        let json = String(decoding: data, as: UTF8.self)
        for secret in [text, new].map({ $0.dropFirst("aurelis_ci_".count) }) {
            #expect(!json.contains(secret.prefix(12)) && !json.contains(secret.suffix(12)))
        }
    }

    @Test(
        "a book of another version, or one that contradicts itself, is not read",
        arguments: [
            #"{"version":2,"keys":[]}"#, #"{"keys":[]}"#,
            #"{"version":1,"keys":[{"id":"A b","name":"x","kind":"gateway","scope":{},"limits":{},"created":0}]}"#,
        ]
    )
    func damaged(json: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(AccessKeyBook.self, from: Data(json.utf8))
        }
    }

    @Test(
        "models are meant by any of their names, or by how those begin",
        arguments: [
            ("gpt-4o", "gpt-4o", true), ("openai/gpt-4o", "gpt-4o", true), ("GPT-4o", "gpt-4o", true),
            ("gpt-4o", "gpt-4o-mini", false), ("gpt-4o*", "gpt-4o-mini", true), ("gpt-4o*", "gpt-4", false),
            ("*", "anything", true), ("openai/*", "OpenAI/gpt-4o", true), ("openai/*", "gpt-4o", false),
            ("codestral*", "Codestral-2501", true),
        ]
    )
    func patterns(pattern: String, name: String, isMeant: Bool) throws {
        #expect(try #require(ModelPattern(pattern)).matches(name) == isMeant)
    }

    @Test("a pattern has its star at the end", arguments: ["", "a*b", "**", "a b", "*a"])
    func badPatterns(pattern: String) { #expect(ModelPattern(pattern) == nil) }
}
