internal import AurelisJSON

/// What the platform's filter found, in its own form.
enum ContentFilterReport {
    /// The report on an answer.
    static func completion(filtered: Bool) -> JSONFragment { filtered ? filteredCompletion : safeCompletion }

    /// The report on a prompt.
    static func prompt(filtered: Bool) -> JSONFragment { filtered ? filteredPrompt : safePrompt }

    private static let safeCompletion = JSONFragment.object(categories(violent: false))
    private static let filteredCompletion = JSONFragment.object(categories(violent: true))
    private static let safePrompt = JSONFragment.object(categories(violent: false) + [jailbreak])
    private static let filteredPrompt = JSONFragment.object(categories(violent: true) + [jailbreak])

    private static let jailbreak: (String, JSONFragment) = ("jailbreak", ["filtered": false, "detected": false])

    private static func categories(violent: Bool) -> [(String, JSONFragment)] {
        [
            ("hate", ["filtered": false, "severity": "safe"]),
            ("self_harm", ["filtered": false, "severity": "safe"]),
            ("sexual", ["filtered": false, "severity": "safe"]),
            ("violence", ["filtered": .bool(violent), "severity": .string(violent ? "high" : "safe")]),
        ]
    }
}
