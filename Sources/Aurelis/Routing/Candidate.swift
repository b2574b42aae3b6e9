/// A model together with the provider that would serve it.
///
/// A class: it is handed from function to function for as long as a request lives, and all it holds would be copied.
final class Candidate: Sendable {
    let provider: any ModelProvider
    let model: ProviderModel
    /// The key of what is known about it.
    let route: Route

    init(provider: any ModelProvider, model: ProviderModel) {
        self.provider = provider
        self.model = model
        route = Route(provider: provider.id, model: model.id)
    }
}
