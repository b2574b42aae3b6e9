/// A request that is under way.
public struct ActiveRequest: Sendable, Hashable {
    /// Its name.
    public var id: RequestID
    /// When it came in.
    public var start: ContinuousClock.Instant
    /// The model that was named, as it was spelled; nil when Aurelis is to choose.
    public var model: String?
    /// What it is for.
    public var task: TaskType

    /// A request from its parts.
    public init(id: RequestID, start: ContinuousClock.Instant, model: String?, task: TaskType) {
        self.id = id
        self.start = start
        self.model = model
        self.task = task
    }
}
