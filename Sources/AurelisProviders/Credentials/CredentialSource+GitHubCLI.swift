extension CredentialSource {
    /// The token that the `gh` command is logged in with, when there is a `gh`.
    ///
    /// - Parameters:
    ///   - environment: where `PATH` and what `gh` itself needs come from.
    ///   - timeLimit: how long `gh` may take; a keyring that waits for a person must not hold up a request.
    package static func gitHubCLI(
        environment: [String: String],
        timeLimit: Duration = .seconds(5)
    ) -> CredentialSource {
        // gh would print these back, and they have been tried before.
        let own = environment.filter { $0.key != "GITHUB_TOKEN" && $0.key != "GH_TOKEN" }
            .merging(["GH_PROMPT_DISABLED": "1", "NO_COLOR": "1"]) { _, quiet in quiet }
        return CredentialSource(name: "gh auth token", lifetime: .seconds(600)) {
            guard let path = ChildProcess.find("gh", in: own["PATH"]) else { return .absent("`gh` is not installed") }
            let arguments = ["auth", "token", "--hostname", "github.com"]
            switch ChildProcess.run(path, arguments: arguments, environment: own, timeLimit: timeLimit) {
            case .finished(status: 0, let output, _):
                return finding(in: output)
            case .finished(let status, _, _):
                return .absent("`gh auth token` ended with status \(status); `gh auth login` logs it in")
            case .tooSlow:
                return .failed("`gh auth token` took longer than \(timeLimit)")
            case .tooLong:
                return .failed("`gh auth token` printed something that is no token")
            case .failed(let reason):
                return .failed("`gh` could not be run: \(reason)")
            }
        }
    }

    private static func finding(in output: Secret) -> Finding {
        guard let token = output.firstLine, token.isPrintable else {
            return .failed("`gh auth token` printed no token")
        }
        return .found(token, origin: "`gh auth token`")
    }
}
