/// Where a configuration says that a credential is.
package enum CredentialReference: Sendable {
    /// In an environment variable.
    case environment(String)
    /// In a file, alone; white space around it does not count.
    case file(String)
    /// In the configuration itself: works, with a warning.
    case literal(Secret)
}
