package import AurelisTesting

/// What an app does with a cassette; without one it asks its providers, and nobody writes down what they say.
package enum CassetteMode: Sendable {
    /// Passes on what the providers answer, and records it.
    case record(CassetteFile)
    /// Answers from the cassette, in the place of all providers.
    case play(Cassette, CassettePlayer.Options)
}
