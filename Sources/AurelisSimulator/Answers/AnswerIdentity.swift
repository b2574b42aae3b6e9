/// What marks an answer, the same for the same question.
struct AnswerIdentity: Sendable, Hashable {
    /// 2025-07-17 00:00:00 UTC, in all answers: a time of day would make each of them different.
    static let created = 1_752_710_400

    var id: String
    var fingerprint: String

    init(question: UInt64, model: SimulatedModel) {
        id = "chatcmpl-" + Hexadecimal.string(question) + Hexadecimal.string(question &* 0x9E37_79B9, digits: 8)
        var hash = StableHash()
        hash.combine(model.id)
        fingerprint = "fp_" + Hexadecimal.string(hash.value, digits: 10)
    }
}
