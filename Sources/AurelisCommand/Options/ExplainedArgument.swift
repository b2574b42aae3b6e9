internal import ArgumentParser

/// An argument that says which values it takes when it is given another.
///
///     @Option(transform: AmountArgument.read)
///     var concurrent: AmountArgument?
protocol ExplainedArgument: Sendable {
    /// Which values there are, with an example.
    static var possible: String { get }

    init?(argument: String)
}

extension ExplainedArgument {
    /// Reads a value.
    ///
    /// - Throws: what it could have been.
    @Sendable static func read(_ argument: String) throws -> Self {
        guard let value = Self(argument: argument) else { throw ValidationError("it must be \(possible)") }
        return value
    }
}
