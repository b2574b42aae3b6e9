/// What the header of a part says of it.
struct MultipartHeader: Equatable {
    /// The name of the form's field.
    var name: String
    /// What the client calls the file; nil for a plain field. A label, never a path.
    var fileName: String?

    init(name: String, fileName: String? = nil) {
        self.name = name
        self.fileName = fileName
    }

    /// Reads the lines of a header.
    init(parsing header: ArraySlice<UInt8>) throws(MultipartFailure) {
        var disposition: HeaderParameters?
        for line in header.split(separator: 0x0A) {
            let line = line.last == 0x0D ? line.dropLast() : line
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let value = line[(colon + 1)...]
            switch String(decoding: line[..<colon], as: UTF8.self).lowercased() {
            case "content-disposition":
                guard disposition == nil else { throw .nameless }
                disposition = HeaderParameters(parsing: value)
            case "content-transfer-encoding":
                let coding = String(decoding: value, as: UTF8.self).trimming(" \t").lowercased()
                guard ["binary", "8bit", "7bit"].contains(coding) else { throw .encoded }
            default: break
            }
        }
        guard let disposition, disposition.value == "form-data", let name = disposition["name"] else {
            throw .nameless
        }
        self.name = name
        fileName = disposition.extended("filename") ?? disposition["filename"]
    }
}

/// A header field's value with parameters: `form-data; name="file"; filename="a.jsonl"`.
struct HeaderParameters {
    /// What stands before the parameters, in small letters.
    let value: String
    private var parameters: [(name: String, value: [UInt8])] = []

    init(parsing bytes: ArraySlice<UInt8>) {
        var pieces = Self.split(bytes)[...]
        value = String(decoding: pieces.popFirst() ?? [], as: UTF8.self).trimming(" \t").lowercased()
        for piece in pieces {
            guard let equals = piece.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = String(decoding: piece[..<equals], as: UTF8.self).trimming(" \t").lowercased()
            parameters.append((name, Self.unquoted(piece[(equals + 1)...])))
        }
    }

    /// A parameter; nil when it is absent or there twice.
    subscript(name: String) -> String? {
        let found = parameters.filter { $0.name == name }
        return found.count == 1 ? String(decoding: found[0].value, as: UTF8.self) : nil
    }

    /// A parameter that says in which encoding it is: `filename*=UTF-8''na%C3%AFve.jsonl`.
    func extended(_ name: String) -> String? {
        guard let text = self[name + "*"] else { return nil }
        let parts = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].lowercased() == "utf-8" else { return nil }
        return PercentEncoding.decode(parts[2])
    }

    /// The pieces between semicolons, those within quotation marks aside.
    private static func split(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var start = bytes.startIndex
        var isQuoted = false
        var index = bytes.startIndex
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "\\") where isQuoted: index += 1
            case UInt8(ascii: ";") where !isQuoted:
                pieces.append(bytes[start..<index])
                start = index + 1
            default: break
            }
            index += 1
        }
        pieces.append(bytes[start...])
        return pieces
    }

    private static func unquoted(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        let text = bytes.drop(while: isSpace)
        guard text.first == UInt8(ascii: "\"") else {
            return Array(text.reversed().drop(while: isSpace).reversed())
        }
        var result: [UInt8] = []
        var rest = text.dropFirst()
        while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
            // Some clients write a backslash as it is: only before these does it mean something else.
            let next = rest.first
            let isEscape = byte == UInt8(ascii: "\\") && (next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\"))
            result.append(isEscape ? rest.removeFirst() : byte)
        }
        return result
    }
}
