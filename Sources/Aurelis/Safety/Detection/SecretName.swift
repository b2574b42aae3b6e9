/// The name in front of a value, read backwards from its end.
///
/// `MY_API_KEY`, `myApiKey`, `my-api-key` and `apikey` are the same words. The last of them says what the value is, so
/// that `max_tokens`, `tokenizer`, `token_usage`, `monkey`, `primary_key` and `password_hash` name no secret.
struct SecretName {
    /// What a name promises.
    enum Meaning {
        case password
        case key
        /// Azure's `sig`.
        case signature
        /// The field of HTTP.
        case authorization
    }

    let meaning: Meaning
    let range: Range<Int>

    /// Longer names are read from here on.
    private static let longest = 64

    /// What the name that ends before `end` promises; nil: no secret.
    init?(_ text: SecretText, endingAt end: Int) {
        guard let last = SecretName.word(text, endingAt: end) else { return nil }
        let before = SecretName.word(text, endingAt: SecretName.skippingJoint(text, last.lowerBound))
        guard let meaning = SecretName.meaning(text, last, before) else { return nil }
        self.meaning = meaning
        range = (before ?? last).lowerBound..<end
    }

    /// Whether a name can end like this; rules out nearly all.
    @inline(__always)
    static func mayEnd(_ text: SecretText, _ end: Int) -> Bool {
        guard end >= 3 else { return false }
        let first = UInt32(text[end &- 3] | 0x20) &<< 16
        let last = first | UInt32(text[end &- 2] | 0x20) &<< 8 | UInt32(text[end &- 1] | 0x20)
        // A multiplier for which the endings share six of 64 places: found by trying.
        let place = (last &* 0x91FF_FFC7) &>> 26
        return 0x0C00_0203_0000_0008 as UInt64 &>> UInt64(place) & 1 != 0 && isEnding(last, text, end)
    }

    /// By the last three letters, and the one before where common words end in them too.
    private static func isEnding(_ letters: UInt32, _ text: SecretText, _ end: Int) -> Bool {
        func follows(_ letter: UInt8, _ distance: Int = 4) -> Bool {
            end >= distance && text[end &- distance] | 0x20 == letter
        }
        return switch letters {
        case 0x6F7264: follows(UInt8(ascii: "w"))  // password
        case 0x617365: follows(UInt8(ascii: "r"))  // passphrase
        case 0x617373: follows(UInt8(ascii: "p"))  // pass
        case 0x69616C: follows(UInt8(ascii: "t"))  // credential
        case 0x616C73: follows(UInt8(ascii: "i"))  // credentials
        case 0x696F6E: follows(UInt8(ascii: "z"), 6)  // authorization
        case 0x737764, 0x707764, 0x726574, 0x6B656E, 0x6B6579, 0x736967, 0x70736B:
            true  // passwd, pwd, secret, token, key, sig, psk
        default: false
        }
    }

    private static func skippingJoint(_ text: SecretText, _ end: Int) -> Int {
        guard end > 0, "_-.".utf8.contains(text[end - 1]) else { return end }
        return end - 1
    }

    /// The word that ends before a place: `KEY`, `key` or `Key`.
    private static func word(_ text: SecretText, endingAt end: Int) -> Range<Int>? {
        let floor = max(0, end - longest)
        var start = end
        guard start > floor else { return nil }
        if text[start - 1].isCapital {
            while start > floor, text[start - 1].isCapital { start -= 1 }
        } else {
            while start > floor, text[start - 1].isSmall { start -= 1 }
            if start < end, start > floor, text[start - 1].isCapital { start -= 1 }
        }
        // The letter of `\n` belongs to the escape.
        if start > 0, start < end, text[start - 1] == UInt8(ascii: "\\"), "nrt".utf8.contains(text[start]) {
            start += 1
        }
        return start < end ? start..<end : nil
    }

    private static func meaning(_ text: SecretText, _ last: Range<Int>, _ before: Range<Int>?) -> Meaning? {
        func isLast(_ words: [StaticString]) -> Bool { words.contains { text.isFolded($0, last) } }
        func isBefore(_ words: [StaticString]) -> Bool {
            before.map { before in words.contains { text.isFolded($0, before) } } ?? false
        }
        // `PGPASSWORD` and `dbpassword` are written as one word.
        func ends(with words: [StaticString]) -> Bool {
            words.contains { word in
                last.count >= word.utf8CodeUnitCount
                    && text.hasFolded(word, at: last.upperBound - word.utf8CodeUnitCount)
            }
        }
        if isLast(["pwd", "pass"]) || ends(with: passwords) { return .password }
        if isLast(["secret", "secretkey", "clientsecret", "appsecret", "psk", "credential", "credentials"]) {
            return .key
        }
        if isLast(["token"]) { return isBefore(harmlessTokens) ? nil : .key }
        if ends(with: compactNames) { return .key }
        if isLast(["key"]) { return isBefore(keyQualifiers) ? .key : nil }
        if isLast(["sig"]) { return .signature }
        return isLast(["authorization"]) ? .authorization : nil
    }

    private static let passwords: [StaticString] = ["password", "passwd", "passphrase"]
    private static let compactNames: [StaticString] = [
        "apikey", "accesskey", "secretkey", "privatekey", "authkey", "accountkey", "encryptionkey", "signingkey",
        "accesstoken", "authtoken", "refreshtoken", "bearertoken", "bottoken", "apitoken",
    ]
    private static let keyQualifiers: [StaticString] = [
        "api", "access", "secret", "private", "encryption", "signing", "auth", "account", "master", "subscription",
        "service", "role", "consumer", "app", "application", "client", "hmac", "shared", "deploy", "storage", "webhook",
        "admin", "license", "function", "functions", "host", "ingest", "integration", "license", "crypto",
    ]
    private static let harmlessTokens: [StaticString] = [
        "next", "page", "continuation", "sync", "pad", "eos", "bos", "unk", "sep", "mask", "cls", "stop",
        "cancellation",
        "cancel", "max", "special", "start", "end", "prompt", "completion", "current", "previous", "prev", "last",
        "first", "cursor", "delta", "image", "css", "design", "syntax", "string",
    ]
}
