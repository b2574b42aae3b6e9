/// Texts without credentials, each looked through once for a batch: nearly all of its spans say the same.
struct CleanTexts {
    /// Takes credentials out of a text.
    let redact: @Sendable (String) -> String
    private var known: [String: String] = [:]

    /// Longer texts are rarely said twice.
    private static let longest = 128
    private static let most = 1_024

    init(redact: @escaping @Sendable (String) -> String) { self.redact = redact }

    /// A text, cut to so many characters.
    mutating func clean(_ text: String, atMost limit: Int) -> String {
        guard text.utf8.count <= Self.longest else {
            // What is cut off may be what gives the rest away.
            let clean = redact(text)
            return clean.utf8.count <= limit ? clean : String(clean.prefix(limit))
        }
        // Byte for byte: texts that differ only in how their characters are composed are equal to a dictionary.
        if let index = known.index(forKey: text), known[index].key.utf8.elementsEqual(text.utf8) {
            return known[index].value
        }
        let clean = redact(text)
        if known.count < Self.most { known[text] = clean }
        return clean
    }
}
