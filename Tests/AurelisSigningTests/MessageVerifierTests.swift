import Testing

@testable import AurelisSigning

@Suite("Verifying signed requests")
struct MessageVerifierTests {
    private static let now: Int64 = 1_800_000_000
    private static let body = Array(#"{"model":"gpt-4o"}"#.utf8)

    private static let message = SignableMessage(
        method: "POST",
        scheme: "http",
        authority: "127.0.0.1:8787",
        target: "/v1/chat/completions?x=1",
        fields: [("content-type", "application/json")]
    )

    private static func signer(_ names: [String] = MessageSigner.defaultComponents) throws -> MessageSigner {
        MessageSigner(
            key: try SigningKey(parsing: SpecificationKeys.ed25519Private, for: .ed25519),
            keyID: "ci",
            components: try names.map { try SignatureComponent(parsing: $0) }
        )
    }

    private func verifier(_ change: (inout MessageVerifier.Rules) -> Void = { _ in }) throws -> MessageVerifier {
        var rules = MessageVerifier.Rules()
        change(&rules)
        return MessageVerifier(
            keys: [
                "ci": try VerificationKey(parsing: SpecificationKeys.ed25519Public, for: .ed25519),
                "shared": try VerificationKey(parsing: SpecificationKeys.sharedSecret, for: .hmacSHA256),
            ],
            rules: rules
        )
    }

    private func signed(
        _ message: SignableMessage = message,
        body: [UInt8] = body,
        at time: Int64 = now,
        nonce: String? = "n1",
        by signer: MessageSigner? = nil
    ) throws -> SignableMessage {
        var message = message
        message.fields += try (signer ?? Self.signer()).fields(for: message, body: body, at: time, nonce: nonce)
        return message
    }

    @Test("what is signed is accepted, with the key's name", arguments: SignatureAlgorithm.forSigning)
    func accepted(algorithm: SignatureAlgorithm) throws {
        let (secret, known) =
            switch algorithm {
            case .hmacSHA256: (SpecificationKeys.sharedSecret, SpecificationKeys.sharedSecret)
            case .ecdsaP256SHA256: (SpecificationKeys.p256Private, SpecificationKeys.p256Public)
            default: (SpecificationKeys.ed25519Private, SpecificationKeys.ed25519Public)
            }
        var signer = try Self.signer()
        signer.key = try SigningKey(parsing: secret, for: algorithm)
        signer.keyID = "any"
        let verifier = MessageVerifier(keys: ["any": try VerificationKey(parsing: known, for: algorithm)])
        let verified = try verifier.verify(signed(by: signer), body: Self.body, at: Self.now)
        #expect(verified == .init(keyID: "any", label: "sig1", created: Self.now))
    }

    @Test("a request without signature is refused as such, and half a signature as malformed")
    func missing() throws {
        #expect(refusal { try verifier().verify(Self.message, body: Self.body, at: Self.now) } == .missing)
        #expect(!MessageVerifier.isSigned(Self.message))
        for half in ["signature", "signature-input"] {
            var message = try signed()
            message.fields.removeAll { $0.name == half }
            #expect(MessageVerifier.isSigned(message))
            #expect(refusal { try verifier().verify(message, body: Self.body, at: Self.now) } == .malformed)
        }
    }

    @Test("a signature has its time: not before it was made, and not long after")
    func time() throws {
        let verifier = try verifier()
        for (age, code) in [(-6, .early), (61, .expired)] as [(Int64, SignatureRefusal.Code)] {
            let message = try signed(at: Self.now - age, nonce: "\(age)")
            #expect(refusal { try verifier.verify(message, body: Self.body, at: Self.now) } == code)
        }
        for age in [-5, 0, 60] as [Int64] {
            let message = try signed(at: Self.now - age, nonce: "\(age)")
            #expect(refusal { try verifier.verify(message, body: Self.body, at: Self.now) } == nil)
        }
        var brief = try Self.signer()
        brief.lifetime = 10
        let message = try signed(at: Self.now - 11, by: brief)
        #expect(refusal { try verifier.verify(message, body: Self.body, at: Self.now) } == .expired)
    }

    @Test("a signature is good once, also for the last moment of its time")
    func replay() throws {
        let verifier = try verifier()
        let message = try signed()
        _ = try verifier.verify(message, body: Self.body, at: Self.now)
        for later in [0, 1, 60] as [Int64] {
            #expect(refusal { try verifier.verify(message, body: Self.body, at: Self.now + later) } == .replayed)
        }
        // The same nonce over something else is a replay too; another nonce is none.
        let other = try signed(body: Array("{}".utf8))
        #expect(refusal { try verifier.verify(other, body: Array("{}".utf8), at: Self.now) } == .replayed)
        let fresh = try signed(nonce: "n2")
        #expect(refusal { try verifier.verify(fresh, body: Self.body, at: Self.now) } == nil)
    }

    @Test("without a nonce the same request counts once a second")
    func withoutNonce() throws {
        let verifier = try verifier()
        _ = try verifier.verify(signed(nonce: nil), body: Self.body, at: Self.now)
        #expect(refusal { try verifier.verify(signed(nonce: nil), body: Self.body, at: Self.now) } == .replayed)
        let next = try signed(at: Self.now + 1, nonce: nil)
        #expect(refusal { try verifier.verify(next, body: Self.body, at: Self.now + 1) } == nil)
    }

    @Test("a memory that is full lets nothing new in until something is forgotten")
    func full() throws {
        let verifier = try verifier { $0.memory = 2 }
        for nonce in ["a", "b"] { _ = try verifier.verify(signed(nonce: nonce), body: Self.body, at: Self.now) }
        #expect(refusal { try verifier.verify(signed(nonce: "c"), body: Self.body, at: Self.now) } == .overloaded)
        let later = Self.now + 61
        let message = try signed(at: later, nonce: "c")
        #expect(refusal { try verifier.verify(message, body: Self.body, at: later) } == nil)
    }

    @Test("a verifier that takes another's place remembers what that one saw")
    func reload() throws {
        let memory = SignatureMemory()
        let keys = ["ci": try VerificationKey(parsing: SpecificationKeys.ed25519Public, for: .ed25519)]
        let message = try signed()
        _ = try MessageVerifier(keys: keys, memory: memory).verify(message, body: Self.body, at: Self.now)
        let next = MessageVerifier(keys: keys, memory: memory)
        #expect(refusal { try next.verify(message, body: Self.body, at: Self.now) } == .replayed)
    }

    @Test("a forged signature is not remembered: it cannot use up somebody's nonce")
    func forgedNonce() throws {
        let verifier = try verifier()
        let message = try signed()
        var forged = message
        forged.method = "PUT"
        #expect(refusal { try verifier.verify(forged, body: Self.body, at: Self.now) } == .invalid)
        #expect(refusal { try verifier.verify(message, body: Self.body, at: Self.now) } == nil)
    }

    @Test("an unknown key, another algorithm and another key are told apart")
    func keys() throws {
        var signer = try Self.signer()
        signer.keyID = "nobody"
        #expect(refusal { try verifier().verify(signed(by: signer), body: Self.body, at: Self.now) } == .unknownKey)
        signer.keyID = "shared"
        #expect(refusal { try verifier().verify(signed(by: signer), body: Self.body, at: Self.now) } == .algorithm)
        signer.namesAlgorithm = false
        #expect(refusal { try verifier().verify(signed(by: signer), body: Self.body, at: Self.now) } == .invalid)
    }

    @Test(
        "what must be covered is, by itself or by what contains it",
        arguments: [
            (["@method", "@path", "@query", "content-digest"], nil),
            (["@method", "@target-uri", "content-digest"], nil),
            (["@method", "@request-target", "content-digest"], nil),
            (["@method", "@path", "content-digest"], .coverage),
            (["@target-uri", "content-digest"], .coverage),
            (["@method", "@target-uri"], .coverage),
            ([], .coverage),
        ] as [([String], SignatureRefusal.Code?)]
    )
    func coverage(names: [String], code: SignatureRefusal.Code?) throws {
        let message = try signed(by: Self.signer(names))
        #expect(refusal { try verifier().verify(message, body: Self.body, at: Self.now) } == code)
    }

    @Test("without body no digest is asked for, without query no query")
    func nothingToCover() throws {
        var message = Self.message
        message.target = "/v1/models"
        message = try signed(message, body: [], by: Self.signer(["@method", "@path", "content-digest"]))
        #expect(!message.fields.contains { $0.name == "content-digest" })
        #expect(refusal { try verifier().verify(message, body: [], at: Self.now) } == nil)
    }

    @Test("one good signature among others is enough, and the first reason is told when none is")
    func several() throws {
        var signer = try Self.signer()
        signer.keyID = "nobody"
        signer.label = "first"
        let foreign = try signed(by: signer)
        #expect(refusal { try verifier().verify(foreign, body: Self.body, at: Self.now) } == .unknownKey)
        // The second is over the same digest.
        let both = try signed(foreign)
        #expect(try verifier().verify(both, body: Self.body, at: Self.now).label == "sig1")
    }

    @Test(
        "what cannot be read is malformed, and what is not supported says so",
        arguments: [
            ("sig1=(", .malformed), ("sig1=42", .malformed), (#"sig1=("@method" "@method");created=1"#, .malformed),
            (#"sig1=("Date");created=1;keyid="ci""#, .malformed), (#"sig1=(a b)"#, .malformed),
            (#"sig1=("@method");created="x";keyid="ci""#, .malformed), (#"sig1=("@method");keyid=ci"#, .malformed),
            (#"sig1=("@method");created=1800000000"#, .malformed), (#"sig1=("@method");keyid="ci""#, .malformed),
            (#"sig1=("@moon");created=1800000000;keyid="ci""#, .unsupported),
            (#"sig1=("date";sf);created=1800000000;keyid="ci""#, .unsupported),
            (#"sig1=("@query-param");created=1800000000;keyid="ci""#, .malformed),
            (#"sig1=("@method" "@target-uri" "content-digest" "date");created=1800000000;keyid="ci""#, .coverage),
        ] as [(String, SignatureRefusal.Code)]
    )
    func unreadable(input: String, code: SignatureRefusal.Code) throws {
        var message = Self.message
        message.fields += [("signature-input", input), ("signature", "sig1=:AAAA:")]
        message.fields.append((ContentDigest.name, ContentDigest.field(of: Self.body)))
        #expect(refusal { try verifier().verify(message, body: Self.body, at: Self.now) } == code)
    }

    @Test("damaged fields never verify and never trap")
    func fuzz() throws {
        let keys = ["ci": try VerificationKey(parsing: SpecificationKeys.ed25519Public, for: .ed25519)]
        let good = try signed()
        var generator = SeededGenerator(seed: 9_421)
        for _ in 0..<5_000 {
            var message = good
            let index = Int.random(in: 1..<message.fields.count, using: &generator)
            var bytes = Array(message.fields[index].value.utf8)
            for _ in 0...Int.random(in: 0...2, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0x20...0x7E, using: &generator)
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0x20...0x7E, using: &generator), at: place)
                }
            }
            message.fields[index].value = String(decoding: bytes, as: UTF8.self)
            do throws(SignatureRefusal) {
                // A new one each time, so that nothing is refused for being a replay. Other spellings of the same
                // (space, leading zeros, the unused bits of Base64) are as good.
                let verified = try MessageVerifier(keys: keys).verify(message, body: Self.body, at: Self.now)
                #expect(verified == .init(keyID: "ci", label: "sig1", created: Self.now))
            } catch {
                continue
            }
        }
    }

    @Test("keys that are none are refused without their text, and keys print as nothing")
    func keyTexts() throws {
        for (text, algorithm) in [
            ("c2hvcnQ=", .hmacSHA256), ("not base64!", .hmacSHA256),
            (SpecificationKeys.ed25519Public, .ecdsaP256SHA256),
            (SpecificationKeys.p256Private, .ed25519), ("", .ed25519), (SpecificationKeys.rsaPublic, .rsaPSSSHA512),
            (SpecificationKeys.rsaPublic, .rsaPKCS1SHA256),
        ] as [(String, SignatureAlgorithm)] {
            let failure = #expect(throws: SignatureKeyError.self) { try SigningKey(parsing: text, for: algorithm) }
            #expect(text.isEmpty || failure?.message.contains(text) == false)
        }
        let key = try SigningKey(parsing: SpecificationKeys.sharedSecret, for: .hmacSHA256)
        var dumped = ""
        dump(key, to: &dumped)
        #expect(dumped.contains("hmac-sha256 key") && !dumped.contains("uzvJ") && !"\(key)".contains("uzvJ"))
    }
}
