/// Whether the name of a value says that the value is a secret.
///
///     MetadataName.isSecret("api_key")        // true
///     MetadataName.isSecret("monkey")         // false
///     MetadataName.isSecret("max_tokens")     // false
///
/// Stricter than `SecretName`, which reads source code and must not take a `primary_key` for a secret: what an audit log
/// leaves out of somebody's metadata is missed by nobody. Names are compared word by word: `clientSecret`, `client-secret` and `CLIENT_SECRET` are the same two.
package enum MetadataName {
    private static let words: Set<String> = [
        "key", "keys", "apikey", "apikeys", "token", "password", "passwords", "passwd", "pwd", "passphrase", "secret",
        "secrets", "credential", "credentials", "authorization", "cookie", "bearer", "jwt",
    ]
    /// Several of them are a number of them, unless they are for getting in.
    private static let entrances: Set<String> = ["access", "auth", "refresh", "api", "bearer", "session", "id"]
    /// What is about a token is none.
    private static let measures: Set<String> = [
        "usage", "count", "counts", "limit", "limits", "budget", "rate", "type", "length", "index", "kind",
    ]

    /// Whether values of this name are not written down.
    package static func isSecret(_ name: String) -> Bool {
        let words = words(of: name)
        for (index, word) in words.enumerated() {
            if word == "tokens", index > 0, entrances.contains(words[index - 1]) { return true }
            guard Self.words.contains(word) else { continue }
            let next = index + 1 < words.count ? words[index + 1] : ""
            if !measures.contains(next) { return true }
        }
        return false
    }

    private static func words(of name: String) -> [String] {
        var words: [String] = []
        var word = ""
        var previous: Character?
        func end() {
            if !word.isEmpty { words.append(word.lowercased()) }
            word = ""
        }
        let characters = Array(name.prefix(256))
        for (index, character) in characters.enumerated() {
            guard character.isLetter || character.isNumber else {
                end()
                previous = nil
                continue
            }
            if let previous, character.isUppercase {
                // `apiKey` and `APIKey`: a capital begins a word after a small letter, or before one.
                let next = index + 1 < characters.count ? characters[index + 1] : nil
                if !previous.isUppercase || next?.isLowercase == true { end() }
            }
            word.append(character)
            previous = character
        }
        end()
        return words
    }
}
