/// A model together with the provider that would serve it.
struct Candidate: Sendable {
    let provider: any ModelProvider
    let model: ProviderModel

    /// The key of what is known about it.
    var route: Route { Route(provider: provider.id, model: model.id) }
}
