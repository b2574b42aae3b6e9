/// How a batch is worked through.
///
///     var options = BatchOptions()
///     options.inFlight = 20
///     options.deadline = .seconds(3_600)
public struct BatchOptions: Sendable, Hashable {
    /// How many requests are under way at once.
    public var inFlight = 5
    /// How many items callers may think of as one group. A hint for reports; it limits nothing.
    public var groupSize = 10
    /// How long one item may take, when its call does not say; nil: the configuration decides.
    public var itemDeadline: Duration?
    /// How long the whole batch may take; what is not answered by then expires. nil: as long as it takes.
    public var deadline: Duration?
    /// How long a model that refuses for now is waited for, from its first refusal; its items are left when it takes
    /// longer. nil: until the deadline, or 5 minutes where there is none.
    public var patience: Duration?
    /// How often an item is asked before a fault of the service is its result.
    public var attempts = 3
    /// Whether its requests wait for quotas before others or after them.
    public var priority = RequestPriority.batch
    /// How many items there are, where that is known beforehand.
    public var total: Int?

    /// The defaults.
    public init() {}
}
