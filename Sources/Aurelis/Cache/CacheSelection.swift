/// Some of the cached answers: those for which everything that is given holds.
///
///     CacheSelection(task: .codeReview, tenant: "team-a")
///     CacheSelection.all
public struct CacheSelection: Sendable, Hashable {
    /// Only answers to this task.
    public var task: TaskType?
    /// Only answers with this tag.
    public var tag: String?
    /// Only answers of this model, by its canonical name.
    public var model: String?
    /// Only answers of this tenant.
    public var tenant: String?
    /// Only answers whose key begins so, in hexadecimal digits.
    public var keyPrefix: String?

    /// Answers for which everything that is given holds.
    public init(
        task: TaskType? = nil,
        tag: String? = nil,
        model: String? = nil,
        tenant: String? = nil,
        keyPrefix: String? = nil
    ) {
        self.task = task
        self.tag = tag
        self.model = model
        self.tenant = tenant
        self.keyPrefix = keyPrefix
    }

    /// Why nobody may select answers by these texts: one is a credential, which would be written down beside the answers; nil:
    /// none is.
    ///
    ///     CacheSelection.refusal(of: [("tag", "ghp_…")])
    ///
    /// - Parameter names: as somebody has written them, with what each is. In a model's canonical name a credential has lost
    ///   its shape.
    package static func refusal(of names: [(kind: String, text: String?)]) -> String? {
        for (kind, text) in names {
            guard let text, case let hidden = Redaction.standard.text(text), hidden != text else { continue }
            return "\(kind) holds a credential, which is kept nowhere; answers have \(hidden) for it"
        }
        return nil
    }

    /// Every answer.
    public static let all = CacheSelection()

    /// Whether an answer is one of them.
    public func contains(_ facts: CacheFacts) -> Bool {
        if let task, facts.task != task { return false }
        if let tag, !facts.tags.contains(tag) { return false }
        if let model, facts.model != model { return false }
        if let tenant, facts.tenant != tenant { return false }
        if let keyPrefix, !facts.key.description.hasPrefix(keyPrefix) { return false }
        return true
    }
}

/// The word that some answers count no more.
public struct CacheInvalidation: Sendable, Hashable {
    /// Which answers.
    public var selection: CacheSelection
    /// Those that were given up to this moment, in milliseconds since 1970-01-01 UTC.
    public var time: Int64

    /// Invalidates the answers of a selection that were given up to a moment.
    public init(_ selection: CacheSelection, time: Int64) {
        self.selection = selection
        self.time = time
    }

    /// Whether an answer counts no more.
    public func covers(_ facts: CacheFacts) -> Bool { facts.created <= time && selection.contains(facts) }
}
