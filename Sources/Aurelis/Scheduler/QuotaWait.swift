/// Why a request is not sent yet, and when it probably will be.
///
///     call.onWait = { wait in print(wait) }
///     // waiting for gpt-4o at github-models, about 42 s: the 10 requests of the minute are used
public struct QuotaWait: Sendable, Hashable {
    /// The model it waits for.
    public var model: ModelID
    /// Who serves it.
    public var provider: ProviderID
    /// What stands in the way.
    public var reason: String
    /// How long it will probably be; nil: nobody knows.
    public var expected: Duration?
    /// How many requests go before it.
    public var ahead: Int

    /// A wait.
    public init(model: ModelID, provider: ProviderID, reason: String, expected: Duration?, ahead: Int) {
        self.model = model
        self.provider = provider
        self.reason = reason
        self.expected = expected
        self.ahead = ahead
    }
}

extension QuotaWait: CustomStringConvertible {
    /// One line for a terminal.
    public var description: String {
        let time = expected.map { ", about \($0.briefly)" } ?? ""
        let others = ahead > 0 ? ", \(ahead) before it" : ""
        return "waiting for \(model.canonical) at \(provider)\(time)\(others): \(reason)"
    }
}
