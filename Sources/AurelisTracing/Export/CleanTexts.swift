internal import AurelisJSON

/// Texts without credentials, as JSON has them between its quotes. Each is looked through once for a batch: nearly all of its spans
/// say the same.
struct CleanTexts {
    /// Takes credentials out of a text.
    let redact: @Sendable (String) -> String
    private var known: [String: [UInt8]] = [:]

    /// No text is longer.
    private static let maximumText = 1_024
    /// Longer texts are rarely said twice.
    private static let longest = 128
    private static let most = 1_024

    init(redact: @escaping @Sendable (String) -> String) { self.redact = redact }

    /// Appends a text.
    mutating func append(_ text: String, to bytes: inout [UInt8]) {
        guard text.utf8.count <= Self.longest else { return bytes += escaped(text) }
        // Byte for byte: texts that differ only in how their characters are composed are equal to a dictionary.
        if let index = known.index(forKey: text), known[index].key.utf8.elementsEqual(text.utf8) {
            return bytes.append(contentsOf: known[index].value)
        }
        let clean = escaped(text)
        if known.count < Self.most { known[text] = clean }
        bytes += clean
    }

    private func escaped(_ text: String) -> [UInt8] {
        // What is cut off may be what gives the rest away.
        let clean = redact(text)
        var json = JSONWriter(capacity: clean.utf8.count + 2)
        json.string(clean.utf8.count <= Self.maximumText ? clean : String(clean.prefix(Self.maximumText)))
        return Array(json.bytes.dropFirst().dropLast())
    }
}
