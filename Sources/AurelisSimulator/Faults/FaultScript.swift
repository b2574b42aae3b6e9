/// What goes wrong, in which order: read from a JSON file, or built in code.
///
///     {
///       "models": {
///         "openai/gpt-4o": [
///           {"kind": "status", "status": 503, "times": 2},
///           {"kind": "cut", "after_fraction": 0.5, "stream": true},
///           {"kind": "pass", "times": 10},
///           {"kind": "slow_first_token", "seconds": 20, "times": "always", "probability": 0.1}
///         ],
///         "*": [{"kind": "outage", "from_seconds": 0, "to_seconds": 60, "status": 503}]
///       }
///     }
///
/// A request takes the first step of its model's list that is not used up and whose `stream` fits; if there is none,
/// of the list under `*`. Steps are used by requests that passed credentials, model lookup and quota, so a fault costs a
/// request like any answer. Outages are never used up, and also hit the lists of models.
///
/// | kind | fields |
/// |---|---|
/// | `pass` | none: no fault, to place the next step |
/// | `status` | `status`, or `error` (a name of ``NamedError``), or both; `body` (a string, or JSON), `retry_after` (s), `headers` |
/// | `reset_before_headers`, `silent`, `garbage_status_line`, `endless_body`, `wrong_content_type`, `empty_choices` | none |
/// | `slow_headers`, `slow_first_token` | `seconds` |
/// | `cut` | `after_fraction` (0 to 1), `reset` (true: RST instead of FIN) |
/// | `stall` | `after_fraction`, `seconds` |
/// | `malformed_chunk` | `after_fraction` |
/// | `missing_done`, `duplicate_usage` | none; streams only |
/// | `slow_body` | `bytes`, `every_seconds` |
/// | `retired` | none |
/// | `outage` | `from_seconds`, `to_seconds`, and the fields of `status` |
///
/// Every kind takes `times` (a number, or `"always"`; default 1), `stream` and `probability`. `"retired": true` beside
/// `"models"` turns the whole platform off. ``FaultScript/named(_:)`` holds ready-made scripts.
package struct FaultScript: Sendable, Hashable {
    /// Whether every request gets the platform's 410.
    package var isRetired: Bool
    /// The steps of each model by its id; `*` is for all.
    package var steps: [String: [FaultStep]]

    /// A script.
    package init(steps: [String: [FaultStep]] = [:], isRetired: Bool = false) {
        self.steps = steps
        self.isRetired = isRetired
    }

    /// Nothing goes wrong.
    package static let none = FaultScript()
}
