/// A batch that something can be done for, with what decides when it is its turn.
package struct DueBatch: Sendable, Hashable {
    /// Its name.
    package var id: String
    /// Whose it is.
    package var tenant: String
    /// Which it is of all that were handed in, in their order.
    package var number: Int64
    /// Whether it goes before the others of its tenant.
    package var isUrgent: Bool
    /// When its time is over, in seconds since 1970-01-01 UTC.
    package var deadline: Int64
    /// Whether it is only to be ended.
    package var isCancelling: Bool

    /// A batch from what is known of it.
    package init(
        id: String,
        tenant: String,
        number: Int64,
        isUrgent: Bool = false,
        deadline: Int64,
        isCancelling: Bool = false
    ) {
        self.id = id
        self.tenant = tenant
        self.number = number
        self.isUrgent = isUrgent
        self.deadline = deadline
        self.isCancelling = isCancelling
    }
}
