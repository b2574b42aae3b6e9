/// One request that a simulator has seen.
package struct SimulatorLogEntry: Sendable, Hashable {
    /// Its number, from 1, in the order of arrival.
    package var sequence: Int
    /// Simulated time since the start or the last reset.
    package var time: Duration
    package var method: String
    /// The request's target, with its query.
    package var path: String
    /// The model's id; nil when the request named none that exists.
    package var model: String?
    package var stream: Bool
    /// The status of the answer; nil when there was none.
    package var status: Int?
    /// The kind of the fault that was applied.
    package var fault: String?
    /// The length of the body.
    package var bytesReceived: Int
    /// Whether the answer has been handed over, as far as it goes.
    package var isFinished: Bool
    /// Whether the client left before that.
    package var clientDisconnected: Bool
    /// The names of the headers, never their values.
    package var headerNames: [String]
    /// The value of `x-aurelis-test`.
    package var tag: String?
    /// The body, when `recordsBodies` is on and it is among the last 64 MiB.
    package var body: [UInt8]?
}
