import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Keys: who is let in")
struct AccessKeyRingTests {
    /// Another key with the same public name and a right checksum: only the secret is wrong.
    private static func forged(_ id: String, _ kind: AccessKeyKind = .gateway) -> String {
        var random = SplitMix64(seed: 99)
        return AccessKeyToken.make(kind, id: id, using: &random).text
    }

    @Test("a wrong secret and a key that does not exist are the same refusal")
    func unknown() throws {
        var setting = KeyBookSetting()
        _ = try setting.create("ci")
        #expect(try setting.refusal(Self.forged("ci"), at: 1) == .unknown)
        #expect(try setting.refusal(Self.forged("nobody"), at: 1) == .unknown)
        #expect(try setting.refusal(Self.forged("other"), at: 1) == .unknown)
    }

    @Test("whatever the key, two secrets are compared: a name tells nothing by the work it makes")
    func sameWork() throws {
        var setting = KeyBookSetting()
        _ = try setting.create("ci")
        _ = try setting.create("rotated")
        _ = try setting.rotate("rotated", grace: .seconds(9), at: 1)
        let ring = AccessKeyRing(setting.book)
        let secrets = ["ci", "rotated", "unknown"].map { ring.secrets(of: $0) }
        for (present, replaced) in secrets { #expect(!present.matches(replaced)) }
        // Those that nobody has are nobody's, and not the same for two keys.
        let all = secrets.flatMap { [$0.present, $0.replaced] }
        #expect(Set(all).count == 6)
    }

    @Test("a key for models steers nothing, and an admin key asks nothing, whatever their texts say")
    func kinds() throws {
        var setting = KeyBookSetting()
        let model = try setting.create("ci").text
        let admin = try setting.create("ops", .admin).text
        #expect(try setting.opens(model, at: 1) == "ci" && setting.opens(admin, as: .admin, at: 1) == "ops")
        #expect(try setting.refusal(model, as: .admin, at: 1) == .otherKind(.gateway))
        #expect(try setting.refusal(admin, at: 1) == .otherKind(.admin))
        // The prefix is anybody's to write, and the checksum anybody's to compute.
        var random = SplitMix64(seed: 7)
        _ = AccessKeyToken.make(.gateway, id: "ci", using: &random)
        let rewritten = AccessKeyToken.make(.gateway, id: "ops", using: &random)
        #expect(rewritten.token.digest == (try AccessKeyToken(parsing: admin)).digest)
        #expect(try setting.refusal(rewritten.text, at: 1) == .unknown)
    }

    @Test("while the keys cannot be read, those known are good, and of others nobody says that they are not")
    func trouble() throws {
        var setting = KeyBookSetting()
        let good = try setting.create("ci").text
        let revoked = try setting.create("old").text
        try setting.book.revoke("old", at: 1)
        let ring = AccessKeyRing(setting.book, problem: "disk")
        func verdict(_ text: String) throws -> AccessRefusal? {
            guard case .refused(let refusal) = ring.authenticate(try .init(parsing: text), as: .gateway, at: 2) else {
                return nil
            }
            return refusal
        }
        #expect(try verdict(good) == nil)
        #expect(try verdict(revoked) == .revoked("old", at: 1))
        #expect(try verdict(Self.forged("ci"))?.status == 503)
        #expect(try verdict(Self.forged("new"))?.status == 503)
    }

    @Test("a change of one key leaves what the others grant as it was, and so does a rotation")
    func stableGrants() throws {
        var setting = KeyBookSetting()
        let (one, other) = (try setting.create("one").text, try setting.create("other").text)
        let before = AccessKeyRing(setting.book)
        let rotated = try setting.rotate("one", at: 1)
        try setting.book.revoke("other", at: 1)
        _ = try setting.create("third", at: 1)
        let after = AccessKeyRing(setting.book, after: before)
        func grant(_ text: String, _ ring: AccessKeyRing) throws -> AccessGrant? {
            guard case .granted(let grant) = ring.authenticate(try .init(parsing: text), as: .gateway, at: 2) else {
                return nil
            }
            return grant
        }
        #expect(try grant(rotated, after) == grant(one, before))
        #expect(try grant(other, before) != nil && grant(other, after) == nil)
        // One that grants something else is another.
        var changed = KeyBookSetting()
        let narrowed = try changed.create("one") { $0.limits.requestsPerDay = 1 }.text
        let ring = AccessKeyRing(changed.book, after: before)
        #expect(try grant(narrowed, ring) != nil && grant(narrowed, ring) != grant(one, before))
    }

    @Test("a key that grants something else is another for whoever holds its grant; its name and its times are not")
    func changedGrants() throws {
        var setting = KeyBookSetting()
        _ = try setting.create("one")
        let before = AccessKeyRing(setting.book)
        let held = try #require(before.grant(of: "one", at: 1))
        func grant(_ name: String = "one", _ change: (inout AccessKeyDraft) -> Void) throws -> AccessGrant {
            var changed = KeyBookSetting()
            #expect(try changed.create(name, at: 1, change).key.id == "one")
            return try #require(AccessKeyRing(changed.book, after: before).grant(of: "one", at: 1))
        }
        let strict = try grant { $0.secrets = .block }
        #expect(strict != held && strict.secrets == .block)
        #expect(try grant { $0.limits.concurrent = 1 } != held)
        #expect(try grant { $0.scope.endpoints = [.chat] } != held)
        #expect(try grant("One") { $0.lifetime = .seconds(9) } == held)
    }

    @Test("a reader has the keys in effect, from the moment on in which they are")
    func reader() throws {
        var setting = KeyBookSetting()
        let text = try setting.create("ci").text
        let token = try AccessKeyToken(parsing: text)
        let keys = AccessKeys()
        var reader = AccessKeys.Reader()
        func isGranted() -> Bool {
            if case .granted = reader.authenticate(token, as: .gateway, by: keys, at: 1) { true } else { false }
        }
        #expect(!isGranted())
        keys.replace(with: AccessKeyRing(setting.book))
        #expect(isGranted() && isGranted())
        try setting.book.revoke("ci", at: 0)
        keys.replace(with: AccessKeyRing(setting.book))
        #expect(!isGranted())
    }
}

/// What a book should do, in the simplest way: every secret with the time in which it is good.
private struct KeyModel {
    struct Secret {
        let id: String
        let text: String
        var until: Int64 = .max
        var isForgotten = false
    }

    var secrets: [Secret] = []
    var expiry: [String: Int64] = [:]
    var revoked: Set<String> = []

    func opens(_ secret: Secret, at now: Int64) -> Bool {
        !revoked.contains(secret.id) && now < expiry[secret.id] ?? .max && now < secret.until && !secret.isForgotten
    }

    mutating func rotate(_ id: String, _ text: String, grace: Int64, at now: Int64) {
        for index in secrets.indices where secrets[index].id == id {
            if secrets[index].until < .max { secrets[index].isForgotten = true }
            secrets[index].until = min(secrets[index].until, now + grace)
        }
        secrets.append(Secret(id: id, text: text))
    }
}

@Suite("Keys: generated sequences")
struct AccessKeySequenceTests {
    @Test("every secret there ever was opens exactly what it should, at any time", arguments: 0..<60)
    func sequences(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var setting = KeyBookSetting()
        var model = KeyModel()
        var now: Int64 = 1_000
        for _ in 0..<60 {
            now += Int64.random(in: 0...5_000, using: &random)
            let known = setting.book.keys.randomElement(using: &random)?.id ?? "none"
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                let lifetime = Bool.random(using: &random) ? Int64.random(in: 1...20_000, using: &random) : nil
                let name = ["ci", "ann", "bob"].randomElement(using: &random) ?? "ci"
                let isTaken = setting.book.keys.contains { $0.name == name && $0.isUsable(at: now) }
                do throws(AccessKeyError) {
                    let (key, text) = try setting.create(name, at: now) {
                        $0.lifetime = lifetime.map { .milliseconds($0) }
                    }
                    #expect(!isTaken)
                    model.secrets.append(.init(id: key.id, text: text))
                    model.expiry[key.id] = lifetime.map { now + $0 }
                } catch {
                    #expect(isTaken)
                }
            case 1:
                guard Int.random(in: 0..<3, using: &random) == 0 else { continue }
                if (try? setting.book.revoke(known, at: now)) != nil { model.revoked.insert(known) }
            default:
                let grace = Bool.random(using: &random) ? Int64.random(in: 1...20_000, using: &random) : 0
                guard let text = try? setting.rotate(known, grace: .milliseconds(grace), at: now) else { continue }
                model.rotate(known, text, grace: grace, at: now)
            }
            for moment in [now, now + 1, now + 7_000] {
                for secret in model.secrets {
                    let expected = model.opens(secret, at: moment) ? secret.id : nil
                    #expect(try setting.opens(secret.text, at: moment) == expected)
                }
            }
        }
        #expect(Set(setting.book.keys.map(\.id)).count == setting.book.keys.count)
        #expect(model.secrets.count > 5)
    }
}
