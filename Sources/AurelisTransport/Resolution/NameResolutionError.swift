/// A host name without an address, with the resolver's reason.
struct NameResolutionError: Error, Sendable, CustomStringConvertible {
    var description: String
}
