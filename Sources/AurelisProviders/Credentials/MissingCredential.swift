internal import Aurelis

/// How to say that a provider's credential is missing, and what to do about it.
package struct MissingCredential: Sendable {
    /// The provider's name for people.
    package var provider: String
    /// The variables that could hold one.
    package var variables: [String]
    /// The name that `aurelis auth login` knows it by; nil where nothing is stored.
    package var login: String?

    /// What is missing for a provider.
    package init(provider: String, variables: [String], login: String? = nil) {
        self.provider = provider
        self.variables = variables
        self.login = login
    }

    func error(_ report: CredentialReport) -> ModelError {
        let places = variables.isEmpty ? "" : "set \(variables.joined(separator: " or ")) in the environment, or "
        let login = login.map { "store one with `aurelis auth login --provider \($0)`, or " } ?? ""
        var error = ModelError(
            .authentication,
            "no credential for \(provider)",
            code: "credential_missing",
            hint: "\(places)\(login)name one with `--api-key-env VARIABLE` or `api_key` in the configuration"
        )
        if !report.entries.isEmpty { error.detail = "looked at: \(report.summary)" }
        return error
    }
}
