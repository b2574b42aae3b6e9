internal import AurelisJSON

/// The texts of an answer's pieces, each as a whole: what is spread over several chunks is a secret only together.
///
///     var texts = CassetteTexts()
///     for (index, piece) in pieces.enumerated() { texts.note(piece.document, index) }
///     pieces = texts.redacted(pieces, by: redact)
///
/// A text that changes keeps its pieces before and behind the change; what is between them stands in the first piece that
/// is concerned. Log probabilities spell a text once more, token by token and byte by byte: an answer of which anything was
/// taken out loses them.
struct CassetteTexts {
    /// A string in a piece, and where it stands there.
    private struct Part {
        let piece: Int
        let range: Range<Int>
        let text: [UInt8]
    }

    /// By where they stand in the answer: of which choice, which of its fields, which tool call.
    private var parts: [String: [Part]] = [:]
    private var probabilities: [(piece: Int, range: Range<Int>)] = []

    /// Reads a piece; they come in order.
    mutating func note(_ document: JSONDocument, _ piece: Int) {
        guard let choices = document["choices"] else { return }
        collect(choices, at: "", of: piece)
    }

    /// The pieces without what `redact` takes out of their texts.
    func redacted(_ pieces: [CassetteExchange.Piece], by redact: (String) -> String) -> [CassetteExchange.Piece] {
        var edits: [Int: [(range: Range<Int>, text: [UInt8])]] = [:]
        for parts in parts.values {
            for (part, text) in Self.changes(of: parts, redact) {
                edits[part.piece, default: []].append((part.range, JSONFragment.string(text).bytes))
            }
        }
        guard !edits.isEmpty else { return pieces }
        for (piece, range) in probabilities { edits[piece, default: []].append((range, Array("null".utf8))) }
        var pieces = pieces
        for (piece, edits) in edits { pieces[piece].document = Self.spliced(pieces[piece].document, edits) }
        return pieces
    }

    private mutating func collect(_ value: JSONValue, at place: String, of piece: Int) {
        switch value.kind {
        case .string:
            guard let text = value.string, !text.isEmpty else { return }
            let range = value.raw.startIndex..<value.raw.endIndex
            parts[place, default: []].append(Part(piece: piece, range: range, text: Array(text.utf8)))
        case .object:
            for (key, member) in value.members {
                if key == "logprobs" {
                    if !member.isNull {
                        probabilities.append((piece, member.raw.startIndex..<member.raw.endIndex))
                    }
                } else {
                    collect(member, at: "\(place).\(key)", of: piece)
                }
            }
        case .array:
            // Choices and tool calls say which they are, and come alone.
            for element in value.elements {
                collect(element, at: "\(place)[\(element["index"]?.int ?? 0)]", of: piece)
            }
        default: break
        }
    }

    /// The parts that change, with their new texts.
    private static func changes(of parts: [Part], _ redact: (String) -> String) -> [(part: Part, text: String)] {
        let whole = parts.flatMap(\.text)
        let redacted = self.redacted(whole, redact)
        guard redacted != whole else { return [] }
        let shorter = min(whole.count, redacted.count)
        let before = zip(whole, redacted).prefix { $0 == $1 }.count
        let behind = min(zip(whole.reversed(), redacted.reversed()).prefix { $0 == $1 }.count, shorter - before)
        // Of the whole text: where the first part begins that is concerned, and where the last one ends.
        var (start, first, end) = (0, whole.count, 0)
        var changed: [Part] = []
        for part in parts {
            let next = start + part.text.count
            if next > before, start < whole.count - behind || changed.isEmpty {
                first = min(first, start)
                end = next
                changed.append(part)
            }
            start = next
        }
        guard !changed.isEmpty else { return [] }
        let text = redacted[first..<redacted.count - (whole.count - end)]
        return changed.enumerated().map { index, part in (part, index == 0 ? String(decoding: text, as: UTF8.self) : "")
        }
    }

    /// `redact` is given JSON and leaves it JSON.
    private static func redacted(_ text: [UInt8], _ redact: (String) -> String) -> [UInt8] {
        let plain = JSONFragment.object([("text", .string(String(decoding: text, as: UTF8.self)))])
        let line = redact(String(decoding: plain.bytes, as: UTF8.self))
        let redacted = try? JSONDocument(Array(line.utf8), limits: .response)["text"]?.string
        return Array((redacted ?? "[redacted]").utf8)
    }

    private static func spliced(_ document: JSONDocument, _ edits: [(range: Range<Int>, text: [UInt8])]) -> JSONDocument
    {
        var bytes = document.bytes
        for edit in edits.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
            bytes.replaceSubrange(edit.range, with: edit.text)
        }
        return (try? JSONDocument(bytes, limits: .response)) ?? document
    }
}
