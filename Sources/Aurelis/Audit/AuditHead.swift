package import AurelisJSON

/// The first line of a file: which file it is, what it follows, and with which key it is sealed.
package struct AuditHead: Sendable, Hashable {
    /// The number of the file, from 1.
    package var file: Int
    /// The name of the key.
    package var key: String
    /// The code of the last line of the file before it.
    package var previous: [UInt8]
    /// The number of this line.
    package var sequence: Int
    /// When the file was begun.
    package var time: String

    static let event = "audit_head"
    /// The version of the format.
    package static let version = 1

    /// A head from its parts.
    package init(file: Int, key: String, previous: [UInt8], sequence: Int, time: String) {
        self.file = file
        self.key = key
        self.previous = previous
        self.sequence = sequence
        self.time = time
    }

    /// The line without its seal.
    package var body: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.field("seq", sequence)
        json.field("time", time)
        json.field("event", Self.event)
        json.field("version", Self.version)
        json.field("file", file)
        json.field("key", key)
        json.field("previous", Hexadecimal.encode(previous))
        json.endObject()
        return json.bytes
    }

    /// Reads what `body` writes.
    ///
    /// - Returns: nil for what is no head of this version.
    package init?(reading document: JSONDocument) {
        guard document["event"]?.string == Self.event, document["version"]?.int == Self.version,
            let sequence = document["seq"]?.int, AuditChain.numbers.contains(sequence),
            let file = document["file"]?.int, AuditFileName.numbers.contains(file),
            let key = document["key"]?.string, let time = document["time"]?.string,
            let previous = document["previous"]?.string.flatMap(Hexadecimal.decode), previous.count == 32
        else { return nil }
        self.init(file: file, key: key, previous: previous, sequence: sequence, time: time)
    }
}
