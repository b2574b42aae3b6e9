internal import ArgumentParser
internal import AurelisApp
internal import AurelisProviders

/// `aurelis auth logout`: removes a stored credential.
struct AuthLogoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout",
        abstract: "Remove a stored credential from the store and the system keyring.",
        discussion: """
            The provider is not told: a credential that somebody else may have seen is to
            be revoked there as well. With the last credential the store and the key that
            was made for it are removed. --all removes the store even when it is damaged
            or its passphrase is lost.

            Examples:
              aurelis auth logout --provider openai
              aurelis auth logout --all
            """
    )

    @OptionGroup
    var options: AuthOptions

    @Flag(help: "Remove the whole store, unread.")
    var all = false

    func validate() throws {
        guard all, options.provider != nil else { return }
        throw ValidationError("--all removes the credentials of every provider; choose one of it and --provider")
    }

    func run() async throws {
        let console = options.output.console()
        let desk = try options.desk(console)
        guard all else { return try await logout(desk, console) }
        let wasThere = try desk.forgetAll()
        let text = wasThere ? "removed \(desk.vault.store?.path ?? "the store")" : "there is no store"
        try console.output.write(TerminalSanitizer.singleLine(text) + "\n")
    }

    private func logout(_ desk: CredentialDesk, _ console: Console) async throws {
        let provider: Configuration.Provider?
        do {
            provider = try desk.provider(options.provider)
        } catch {
            // What is stored under a name outlives the name in the configuration.
            guard let name = options.provider, try desk.stored(name) else { throw error }
            provider = nil
        }
        let name = provider?.id ?? options.provider ?? ""
        let server = try provider.flatMap { try ProviderSettings($0).server }
        let places = try desk.forget(name, at: server)
        let text =
            places.isEmpty
            ? "nothing was stored of \(name)"
            : "removed the credential of \(name) from \(places.joined(separator: " and "))"
        try console.output.write(TerminalSanitizer.singleLine(text) + "\n")
        if let provider, let used = try await desk.survey(provider).used {
            console.warn("\(name) still has a credential: from \(used.origin)")
        }
    }
}
