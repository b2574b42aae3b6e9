/// Why a simulator cannot be used so.
package struct SimulatorError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    package let description: String

    private init(_ description: String) { self.description = description }

    /// It runs, or has been stopped.
    package static let alreadyStarted = SimulatorError("the simulator was started before")
    /// The system did not say where it listens.
    package static let noAddress = SimulatorError("the simulator's socket has no address")
}
