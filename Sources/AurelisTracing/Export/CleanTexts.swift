internal import AurelisJSON

/// Texts without credentials, as JSON has them between its quotes. Each is looked through once for a batch: nearly all of its spans
/// say the same, and mostly at the same place as the span before.
struct CleanTexts {
    /// Takes credentials out of a text.
    let redact: @Sendable (String) -> String
    /// What was said last at each place.
    private var latest: [(text: String, clean: [UInt8])]
    private var known: [String: [UInt8]] = [:]

    /// No text is longer.
    private static let maximumText = 1_024
    /// Longer texts are rarely said twice.
    private static let longest = 128
    private static let most = 1_024

    /// - Parameter places: how many there are at which something is said.
    init(places: Int, redact: @escaping @Sendable (String) -> String) {
        self.redact = redact
        latest = Array(repeating: ("", []), count: places)
    }

    /// Appends a text.
    mutating func append(_ text: String, at place: Int, to sink: inout ByteSink) {
        guard text.utf8.count <= Self.longest else { return sink.put(escaped(text)) }
        if !Self.areSame(text, latest[place].text) { latest[place] = (text, clean(text)) }
        sink.put(latest[place].clean)
    }

    private mutating func clean(_ text: String) -> [UInt8] {
        if let index = known.index(forKey: text), Self.areSame(text, known[index].key) { return known[index].value }
        let clean = escaped(text)
        if known.count < Self.most { known[text] = clean }
        return clean
    }

    /// Byte for byte: texts that differ only in how their characters are composed are equal to a dictionary.
    private static func areSame(_ left: String, _ right: String) -> Bool {
        let found = left.utf8.withContiguousStorageIfAvailable { left in
            right.utf8.withContiguousStorageIfAvailable { right in
                left.count == right.count && left.indices.allSatisfy { left[$0] == right[$0] }
            }
        }
        return (found ?? nil) ?? false
    }

    private func escaped(_ text: String) -> [UInt8] {
        // What is cut off may be what gives the rest away.
        let clean = redact(text)
        var json = JSONWriter(capacity: clean.utf8.count + 2)
        json.string(clean.utf8.count <= Self.maximumText ? clean : String(clean.prefix(Self.maximumText)))
        return Array(json.bytes.dropFirst().dropLast())
    }
}
