/// Whether a provider takes a credential, as far as that can be told.
package enum CredentialValidity: Sendable, Hashable {
    /// The provider takes it.
    case valid
    /// The provider knows it, and does not allow it everything; says what.
    case limited(String)
    /// The provider refuses it; says how.
    case invalid(String)
    /// Nobody could say: no network, a provider in trouble, a server that asks nobody for credentials.
    case unverifiable(String)
}
