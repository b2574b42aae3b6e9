/// What is wrong with a fault script, and where in it.
///
///     models.openai/gpt-4o[1].after_fraction: expected a number between 0 and 1
package struct FaultScriptError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The place, such as `models.*[0].kind`; empty for the file as a whole.
    package var path: String
    /// What is wrong there.
    package var message: String

    /// The place and the message.
    package var description: String { path.isEmpty ? message : "\(path): \(message)" }
}
