/// What a request comes to when nothing interferes: decided by its bytes, the plan and the seed alone, and therefore
/// worth remembering.
struct Interpretation: Sendable {
    enum Outcome: Sendable {
        case refused(PlatformError)
        case chat(ChatAnswer)
        case embeddings([UInt8], tokens: Int)
    }

    var model: ModelCatalog.Index?
    var stream = false
    /// Whether it counts against the quota: whatever named a model that the account may use.
    var isCharged = false
    var outcome: Outcome

    init(_ outcome: Outcome) { self.outcome = outcome }
}
