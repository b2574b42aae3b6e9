/// How the models that may answer are put in order.
///
/// Models that a strategy cannot tell apart stay in the order of preference.
public enum RoutingStrategy: String, Sendable, Hashable, CaseIterable {
    /// As the table, the request and the list of providers have them.
    case preference
    /// Who has lately answered fastest and most reliably, first. Who has not been measured counts as fast as the best
    /// one measured.
    case performance
    /// The cheapest first, by three tokens of prompt to one of answer; unknown prices last.
    case cost
    /// Who has most left of the limits it reports, first; who reports none counts as untouched.
    case quota
}
