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

    /// Why nobody may select so: a credential where a name belongs, which would be written down beside the answers; nil: one
    /// may.
    ///
    ///     CacheSelection(tag: "ghp_…").refusal
    ///
    /// Answers that were tagged with one have another tag, which hides it.
    package var refusal: String? {
        for (field, value) in [("tag", tag), ("model", model), ("tenant", tenant)] {
            if let value, let reason = CacheSelection.refusal(of: value, as: field) { return reason }
        }
        return nil
    }

    /// Why a text is no name of this kind: it is a credential.
    package static func refusal(of value: String, as field: String) -> String? {
        let hidden = Redaction.standard.text(value)
        return hidden == value
            ? nil : "\(field) holds a credential, which is kept nowhere; answers have \(hidden) for it"
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
