package import Aurelis

/// A model as a provider's own list describes it; what a provider leaves out is nil.
package struct CatalogModel: Sendable, Hashable {
    /// The model and its name on the wire.
    package var model: ProviderModel
    /// Its name for people.
    package var displayName: String?
    /// Who made it.
    package var publisher: String?
    /// What it is good for, in a sentence.
    package var summary: String?
    /// The tokens of its window.
    package var inputTokens: Int?
    /// The most tokens of an answer.
    package var outputTokens: Int?
    /// The rate tier that its quota follows.
    package var rateTier: String?
    /// What it can do, in the provider's words.
    package var capabilities: [String] = []
}
