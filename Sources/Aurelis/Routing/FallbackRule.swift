/// Whether and which other models may answer when the one that was asked for fails.
///
///     request.fallback = .models([.gpt4oMini])
public enum FallbackRule: Sendable, Hashable {
    /// Nobody but the named model.
    case never
    /// Its equivalents, then the models of the task.
    case byTask
    /// Its equivalents, then these.
    case models([ModelID])
}
