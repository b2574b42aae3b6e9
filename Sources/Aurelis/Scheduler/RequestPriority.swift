/// Who goes first where requests wait for the same quota.
///
///     request.priority = .batch       // waits behind whatever a person waits for
public enum RequestPriority: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    /// Somebody waits for the answer: the default.
    case interactive
    /// Nobody does: goes after every interactive request, and leaves their share of a limit alone.
    case batch

    /// Whether one goes before another.
    public static func < (one: RequestPriority, other: RequestPriority) -> Bool {
        one == .interactive && other == .batch
    }
}
