/// What each source said when a credential was last looked for; holds no secret.
///
///     print(credentials.report)
///     // environment (GITHUB_TOKEN, GH_TOKEN): not set
///     // gh auth token: used
package struct CredentialReport: Sendable, Hashable {
    /// One source's answer.
    package struct Entry: Sendable, Hashable {
        /// The source.
        package let source: String
        /// What came of asking it.
        package let outcome: Outcome

        /// What came of asking a source.
        package enum Outcome: Sendable, Hashable {
            /// Its credential is used.
            case used(warning: String?)
            /// It has none, which is normal.
            case absent(String)
            /// It should have one, but it cannot be had.
            case failed(String)
        }
    }

    /// The sources that were asked, in order. Those behind the one that is used were not.
    package var entries: [Entry] = []
}

extension CredentialReport: CustomStringConvertible {
    /// One line for each source.
    package var description: String { entries.map(\.description).joined(separator: "\n") }

    /// The same in one line, for hints.
    var summary: String { entries.map(\.description).joined(separator: "; ") }
}

extension CredentialReport.Entry: CustomStringConvertible {
    /// The source and what it said.
    package var description: String {
        switch outcome {
        case .used(nil): "\(source): used"
        case .used(let warning?): "\(source): used, but \(warning)"
        case .absent(let reason): "\(source): \(reason)"
        case .failed(let reason): "\(source): failed: \(reason)"
        }
    }
}
