internal import Aurelis

/// What a request says of a key.
struct KeyRequest {
    private static let longestLife = 3_660 * 86_400
    private static let largestAmount = 1_000_000_000_000

    private let body: JSONBody

    init(_ body: JSONBody) { self.body = body }

    /// The key that is to be made: `name`, `kind`, `expires_in_seconds`, `scope`, `limits`, `secrets`.
    func draft() throws -> AccessKeyDraft {
        try body.check(knowing: ["name", "kind", "expires_in_seconds", "scope", "limits", "secrets"])
        guard let name = try body.text("name") else { throw body.wrong("name", "is missing") }
        // What is no name may be a key: it is not repeated.
        if let refusal = AccessKeyDraft.refusal(ofName: name) { throw body.wrong("name", "cannot be used: \(refusal)") }
        var draft = AccessKeyDraft(name: name)
        if let kind = try body.text("kind") {
            guard let known = AccessKeyKind(rawValue: kind) else {
                let names = AccessKeyKind.allCases.map(\.rawValue).joined(separator: " or ")
                throw body.wrong("kind", "must be \(names)")
            }
            draft.kind = known
        }
        draft.scope = try scope()
        draft.limits = try limits()
        draft.lifetime = try body.number("expires_in_seconds", in: 1...Self.longestLife).map { .seconds($0) }
        if let policy = try body.text("secrets") {
            guard let known = SecretPolicy(rawValue: policy), known != .off else {
                throw body.wrong("secrets", "must be warn, redact or block")
            }
            draft.secrets = known
        }
        guard draft.kind == .gateway || draft.asksNothing else {
            throw body.wrong("kind", "is admin, which asks no models: only expires_in_seconds goes with it")
        }
        return draft
    }

    /// How long the old secret of a key is good: `grace_seconds`.
    func rotation() throws -> Duration {
        try body.check(knowing: ["grace_seconds"])
        return .seconds(try body.number("grace_seconds", in: 0...Self.longestLife) ?? 0)
    }

    /// - Throws: when it says anything.
    func nothing() throws { try body.check(knowing: []) }

    private func scope() throws -> AccessScope {
        let scope = try body.object("scope", knowing: ["models", "tasks", "endpoints"])
        let tasks = TaskType.allCases.map(\.rawValue).joined(separator: ", ")
        let endpoints = AccessEndpoint.allCases.map(\.rawValue).joined(separator: ", ")
        return AccessScope(
            models: try scope.words("models", "models, or beginnings of them that end in *") { ModelPattern($0) },
            tasks: try scope.words("tasks", tasks) { try? TaskType(parsing: $0) },
            endpoints: try scope.words("endpoints", endpoints) { AccessEndpoint(rawValue: $0) }
        )
    }

    private func limits() throws -> AccessLimits {
        let names = [
            "budget_picodollars", "requests_per_minute", "requests_per_day", "tokens_per_day", "concurrent",
        ]
        let body = try body.object("limits", knowing: names)
        func amount(_ name: String) throws -> Int? { try body.number(name, in: 1...Self.largestAmount) }
        var limits = AccessLimits()
        // Up to a million dollars a day.
        limits.dailyBudget = try body.number("budget_picodollars", in: 1...1_000_000_000_000_000_000).map(Int64.init)
        limits.requestsPerMinute = try amount("requests_per_minute").map(Int64.init)
        limits.requestsPerDay = try amount("requests_per_day").map(Int64.init)
        limits.tokensPerDay = try amount("tokens_per_day").map(Int64.init)
        limits.concurrent = try amount("concurrent")
        return limits
    }
}
