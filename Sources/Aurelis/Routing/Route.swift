/// A model at one provider: what a circuit, a pause and a measurement belong to.
public struct Route: Hashable, Sendable, CustomStringConvertible {
    /// Who serves the model.
    public var provider: ProviderID
    /// The model.
    public var model: ModelID

    /// A route.
    public init(provider: ProviderID, model: ModelID) {
        self.provider = provider
        self.model = model
    }

    /// `gpt-4o@openai`
    public var description: String { "\(model)@\(provider)" }
}
