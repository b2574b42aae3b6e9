internal import AurelisJSON

extension ChatAnswer {
    /// Writes `logprobs`: made up, the same for the same token in the same place, never above zero.
    func writeProbabilities(of tokens: [Substring], from position: Int, to json: inout JSONWriter) {
        json.key("logprobs")
        guard let alternatives, !tokens.isEmpty else { return json.null() }
        json.object { json in
            json.key("content")
            json.array(of: tokens.enumerated()) { json, entry in
                let token = String(entry.element)
                let probability = Self.probability(of: token, at: position + entry.offset)
                Self.write(token, probability, to: &json)
                json.key("top_logprobs")
                json.array(of: 0..<alternatives) { json, rank in
                    // The first alternative is the token itself, and each further one is less likely.
                    Self.write(
                        rank == 0 ? token : " option\(rank)",
                        rank == 0 ? probability : probability - 1.5 * Double(rank),
                        to: &json
                    )
                }
            }
            json.field("refusal", orNull: nil)
        }
    }

    private static func write(_ token: String, _ probability: Double, to json: inout JSONWriter) {
        json.key("bytes")
        json.beginArray()
        for byte in token.utf8 { json.int(Int(byte)) }
        json.endArray()
        json.field("logprob", probability)
        json.field("token", token)
    }

    private static func probability(of token: String, at position: Int) -> Double {
        var hash = StableHash(seed: UInt64(position))
        hash.combine(token)
        return -Double(hash.value % 2_000) / 1_000
    }
}
