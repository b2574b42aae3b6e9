package import AurelisJSON

extension JSONValue {
    /// Whether a choice's delta is made of nothing that text alone cannot bring back.
    var isText: Bool {
        guard let delta = self["delta"] else { return true }
        for (key, value) in delta.members {
            switch key {
            case "content": if value.kind != .string, !value.isNull { return false }
            // Some servers name what they do not send: `"tool_calls":[]` in every chunk.
            case "tool_calls", "function_call", "refusal", "audio": if value.carriesSomething { return false }
            default: continue
            }
        }
        return true
    }

    /// Whether there is more than an empty text, list or object.
    var carriesSomething: Bool {
        switch kind {
        case .null: false
        case .string: raw.count > 2
        case .array, .object: count > 0
        default: true
        }
    }

    /// This object with one member's value replaced, or added, and another member left out.
    fileprivate func with(_ name: String, _ value: JSONFragment, without other: String? = nil) -> JSONFragment {
        var members = members.filter { $0.key != other }.map { ($0.key, $0.key == name ? value : .raw($0.value)) }
        if self[name] == nil { members.append((name, value)) }
        return .object(members)
    }
}

extension JSONDocument {
    /// The event of this chunk with another text. Log-probabilities no longer fit and are left out; all else stays.
    func rewritten(_ chunkID: String?, choice: JSONValue, content: JSONFragment) -> ProviderEvent {
        var chunk = self
        if let chunkID, chunk["id"] != nil { chunk.set("id", to: .string(chunkID)) }
        // A finish chunk may have no text of its own to replace, or not even a delta.
        let delta = choice["delta"]?.with("content", content) ?? .object([("content", content)])
        chunk.set("choices", to: .array([choice.with("delta", delta, without: "logprobs")]))
        return ProviderEvent(chunk)
    }
}

extension ProviderEvent {
    /// An event with a chunk of Aurelis's own making, or one that was kept.
    package init(_ chunk: JSONDocument) {
        var raw: [UInt8] = []
        raw.reserveCapacity(chunk.bytes.count + 8)
        raw += "data: ".utf8
        if chunk.bytes.contains(where: { $0 == 0x0A || $0 == 0x0D }) {
            // Line ends in JSON are white space; in an event they would end the data.
            raw += chunk.bytes.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
        } else {
            raw += chunk.bytes
        }
        raw += "\n\n".utf8
        self.init(raw: raw, chunk: chunk)
    }

    /// The event under another answer's id; all else stays.
    func renamed(_ chunkID: String?) -> ProviderEvent {
        guard let chunkID, var chunk, let id = chunk["id"], !id.stringEquals(chunkID) else { return self }
        chunk.set("id", to: .string(chunkID))
        return ProviderEvent(chunk)
    }
}
