internal import AurelisJSON

/// A place in the chain that is remembered elsewhere: nothing up to it can be changed or cut off unnoticed.
///
///     {"time":"2026-11-28T10:05:00.000Z","file":3,"seq":12000,"key":"5f0c…","mac":"9f…"}
package struct AuditAnchor: Sendable, Hashable {
    /// When it was made.
    package var time: String
    /// The number of the file.
    package var file: Int
    /// The number of the line.
    package var sequence: Int
    /// The name of the key of the file.
    package var key: String
    /// The code of the line.
    package var code: [UInt8]

    /// An anchor from its parts.
    package init(time: String, file: Int, sequence: Int, key: String, code: [UInt8]) {
        self.time = time
        self.file = file
        self.sequence = sequence
        self.key = key
        self.code = code
    }

    /// One line, with its end.
    package var line: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.field("time", time)
        json.field("file", file)
        json.field("seq", sequence)
        json.field("key", key)
        json.field("mac", Hexadecimal.encode(code))
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }

    /// Reads what `line` writes; others' members beside it are theirs.
    package init?(reading line: [UInt8]) {
        guard let document = try? JSONDocument(line),
            let file = document["file"]?.int, AuditFileName.numbers.contains(file),
            let sequence = document["seq"]?.int, AuditChain.numbers.contains(sequence),
            let code = document["mac"]?.string.flatMap(Hexadecimal.decode), code.count == 32
        else { return nil }
        self.init(
            time: document["time"]?.string ?? "",
            file: file,
            sequence: sequence,
            key: document["key"]?.string ?? "",
            code: code
        )
    }
}
