extension Secret {
    /// Shorter ones are words such as `ollama` or `none`, put where a key is demanded; to hide them would hide nothing
    /// and garble much.
    private static let shortest = 8
    /// From this length on, a part of the secret is as telling as the whole.
    private static let shortestInParts = 16
    /// An escape inside an escape inside an escape: what is still not plain then is taken for an attempt to hide.
    private static let maximumUnescapings = 4

    /// Whether a text repeats this secret, or eight characters in a row of it: plain or half masked, in letters of either
    /// case, percent-encoded, with the escapes of JSON (`\u0041`), of C (`\x41`) or of HTML (`&#65;`, `&#x41;`, `&amp;`), in
    /// hexadecimal digits, in base64 of either alphabet or in base32, at any place of what was encoded. These encodings are
    /// found with anything between their characters that is no letter or digit, and backwards too; so are sixteen of the
    /// secret's own letters and digits in a row.
    ///
    ///     Secret("sk-4f9a…").isRepeated(in: Array("key sk-4f9a8c2e… is unknown".utf8))     // true
    ///
    /// Of secrets shorter than 16 bytes only the whole counts, and those shorter than 8 are never found; nor are those with
    /// fewer than twelve letters and digits, or with letters alone, backwards or with something in between.
    func isRepeated(in text: [UInt8]) -> Bool {
        guard count >= Secret.shortest else { return false }
        var text = text
        for _ in 0..<Secret.maximumUnescapings {
            guard text.count >= Secret.shortest else { return false }
            if occurs(in: text) { return true }
            guard let plainer = Unescaping.text(of: text) else { return false }
            text = plainer
        }
        return true
    }

    /// Whether a text repeats this secret; see `isRepeated(in:)` for bytes.
    func isRepeated(in text: String) -> Bool { isRepeated(in: Array(text.utf8)) }

    private func occurs(in text: [UInt8]) -> Bool {
        withBytes { secret in
            let parts =
                secret.count < Secret.shortestInParts
                ? ShortSecret(secret).occurs(in: text) : SecretParts(secret).occur(in: text)
            return parts || SecretRuns(secret, EncodedBits.hexadecimal).occur(in: text)
                || SecretRuns(secret, EncodedBits.base64).occur(in: text)
                || SecretRuns(secret, EncodedBits.base32).occur(in: text)
                || SecretRuns(secret, LettersAndDigits(of: secret)).occur(in: text)
        }
    }
}
