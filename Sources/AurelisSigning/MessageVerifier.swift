internal import Crypto
internal import Foundation
internal import RawStructuredFieldValues

/// Verifies that messages were signed with a known key, lately, for the first time, and over enough of them.
///
///     let verifier = MessageVerifier(keys: ["ci": key])
///     let signature = try verifier.verify(message, body: body, at: now)
///     print(signature.keyID)      // ci
package struct MessageVerifier: Sendable {
    /// What is asked of a signature.
    package struct Rules: Sendable, Equatable {
        /// What it must cover; the body's digest only where there is a body.
        package var components: [SignatureComponent]
        /// How old it may be, in seconds.
        package var maximumAge: Int64 = 60
        /// How far the other side's clock may be ahead, in seconds.
        package var clockSkew: Int64 = 5
        /// How many signatures are remembered, so that none is used twice.
        package var memory = 100_000

        /// The defaults.
        package init() {
            components = ["@method", "@path", "@query", ContentDigest.name].compactMap {
                try? SignatureComponent(parsing: $0)
            }
        }
    }

    /// A signature that was found good.
    package struct Verified: Sendable, Hashable {
        /// Whose key made it.
        package var keyID: String
        /// The name of the signature within its fields.
        package var label: String
        /// When it was made.
        package var created: Int64
    }

    private let keys: [String: VerificationKey]
    private let rules: Rules
    private let memory: SignatureMemory

    /// Signatures of one message that are looked at.
    private static let maximumSignatures = 4

    /// A verifier.
    ///
    /// - Parameters:
    ///   - keys: by the names that `keyid` has.
    ///   - memory: what was used before; that of the verifier whose place this one takes.
    package init(
        keys: [String: VerificationKey],
        rules: Rules = Rules(),
        memory: SignatureMemory = SignatureMemory()
    ) {
        self.keys = keys
        self.rules = rules
        self.memory = memory
    }

    /// Whether a message has a signature at all.
    package static func isSigned(_ message: SignableMessage) -> Bool {
        message.fields.contains { ["signature", "signature-input"].contains($0.name.lowercased()) }
    }

    /// Verifies a message; one good signature is enough.
    ///
    /// - Parameter now: seconds since 1970-01-01 UTC.
    /// - Throws: why the first of its signatures is not good.
    package func verify(
        _ message: SignableMessage,
        body: [UInt8],
        at now: Int64
    ) throws(SignatureRefusal) -> Verified {
        let inputs = try Self.dictionary("signature-input", of: message)
        let signatures = try Self.dictionary("signature", of: message)
        guard !inputs.isEmpty || !signatures.isEmpty else {
            throw SignatureRefusal(.missing, "the request is not signed: it has neither Signature nor Signature-Input")
        }
        var first: SignatureRefusal?
        for (label, input) in inputs.prefix(Self.maximumSignatures) {
            do throws(SignatureRefusal) {
                guard case .innerList(let list) = input else { throw .malformed("Signature-Input has no list") }
                guard case .item(let item)? = signatures.first(where: { $0.label == label })?.member,
                    case .undecodedByteSequence(let text) = item.rfc9651BareItem,
                    let signature = Data(base64Encoded: text)
                else { throw .malformed("Signature has nothing that belongs to \"\(label)\" of Signature-Input") }
                return try verify(label, SignatureInput(list), Array(signature), message, body: body, at: now)
            } catch {
                first = first ?? error
            }
        }
        throw first ?? .malformed("Signature-Input says nothing of what was signed")
    }

    private func verify(
        _ label: String,
        _ input: SignatureInput,
        _ signature: [UInt8],
        _ message: SignableMessage,
        body: [UInt8],
        at now: Int64
    ) throws(SignatureRefusal) -> Verified {
        guard let keyID = input.keyID else { throw .malformed("the signature does not say whose key made it (keyid)") }
        guard let key = keys[keyID] else {
            throw SignatureRefusal(.unknownKey, "no key is called \"\(keyID.prefix(64))\"")
        }
        if let algorithm = input.algorithm, algorithm != key.algorithm.rawValue {
            throw SignatureRefusal(.algorithm, "the key \"\(keyID)\" is for \(key.algorithm.rawValue)")
        }
        let (created, end) = try checkTime(input, at: now)
        try checkCoverage(input, message, hasBody: !body.isEmpty)
        let base = try Array(input.base(of: message).utf8)
        guard key.isValid(signature, for: base) else {
            throw SignatureRefusal(.invalid, "it was not made with the key \"\(keyID)\" over this request")
        }
        if let digest = message.combined(ContentDigest.name) { try ContentDigest.check(digest, of: body) }
        try remember(input, keyID, base: base, until: end, at: now)
        return Verified(keyID: keyID, label: label, created: created)
    }

    private func checkTime(
        _ input: SignatureInput,
        at now: Int64
    ) throws(SignatureRefusal) -> (created: Int64, end: Int64) {
        guard let created = input.created, (0...Self.latestTime) ~= created else {
            throw .malformed("the signature does not say when it was made (created)")
        }
        guard created <= now + rules.clockSkew else {
            throw SignatureRefusal(.early, "it was made \(created - now) s in the future; are the clocks right?")
        }
        let end = min(created + rules.maximumAge, input.expires ?? .max)
        guard now <= end else {
            throw SignatureRefusal(.expired, "it was good until \(now - end) s ago")
        }
        return (created, end)
    }

    /// Structured fields have no larger integer.
    private static let latestTime: Int64 = 999_999_999_999_999

    private func checkCoverage(
        _ input: SignatureInput,
        _ message: SignableMessage,
        hasBody: Bool
    ) throws(SignatureRefusal) {
        let covered = Set(input.components.map(\.name))
        for component in rules.components where !covered.contains(component.name) {
            let wider: [String]
            switch component.name {
            case ContentDigest.name where !hasBody: continue
            case "@query" where message.query.count < 2: continue
            case "@path", "@query": wider = ["@request-target", "@target-uri"]
            case "@authority", "@scheme", "@request-target": wider = ["@target-uri"]
            default: wider = []
            }
            guard wider.contains(where: covered.contains) else {
                throw SignatureRefusal(.coverage, "it does not cover \"\(component.name)\"")
            }
        }
    }

    /// A nonce may be used once with its key. Without one the same request cannot be signed twice in a second.
    private func remember(
        _ input: SignatureInput,
        _ keyID: String,
        base: [UInt8],
        until end: Int64,
        at now: Int64
    ) throws(SignatureRefusal) {
        var hash = SHA256()
        hash.update(data: Array("\(keyID.utf8.count):\(keyID)".utf8))
        hash.update(data: input.nonce.map { Array("nonce:\($0)".utf8) } ?? Array("base:".utf8) + base)
        let key = hash.finalize().withUnsafeBytes { $0.loadUnaligned(as: ReplayMemory.Key.self) }
        switch memory.admit(key, until: end, now: now, capacity: rules.memory) {
        case .first: break
        case .again: throw SignatureRefusal(.replayed, "it was used before")
        case .full:
            throw SignatureRefusal(.overloaded, "too many signatures are remembered to tell whether it was used before")
        }
    }

    private static func dictionary(
        _ name: String,
        of message: SignableMessage
    ) throws(SignatureRefusal) -> [(label: String, member: ItemOrInnerList)] {
        guard let text = message.combined(name) else { return [] }
        var parser = StructuredFieldValueParser(Array(text.utf8))
        do {
            return try parser.parseDictionaryFieldValue().map { ($0, $1) }
        } catch {
            throw .malformed("\(name) is no dictionary of structured fields")
        }
    }
}
