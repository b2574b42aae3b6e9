internal import ArgumentParser
internal import AurelisApp
internal import AurelisProviders

/// `aurelis auth login`: stores a credential.
struct AuthLoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Store a provider's credential, encrypted.",
        discussion: """
            The credential is typed at the terminal, unseen, or piped in; it is never an
            argument. It is checked, offline and with the provider, before it is stored
            in the data directory, and used only for the server that the provider has now.
            A running gateway takes it within a second.

            --store says where the key of that store is: `keyring` in the system keyring,
            `passphrase` in your head, `keyfile` in a file that only you can read; `system`
            keeps the credential in the system keyring itself. Another choice than before
            seals the whole store anew. A gateway finds a passphrase in the file that
            AURELIS_PASSPHRASE_FILE names.

            Examples:
              aurelis auth login --provider openai
              aurelis auth login --provider groq --store passphrase
              pass show openai | aurelis auth login --provider openai --store keyfile
            """
    )

    enum Store: String, ExpressibleByArgument, CaseIterable { case keyring, passphrase, keyfile, system }

    @OptionGroup
    var options: AuthOptions

    @Option(help: "Where the key that seals the store is.")
    var store: Store?

    @Option(help: .init("The key file; default: credentials.key beside the store.", valueName: "file"))
    var keyFile: String?

    @Flag(help: "Do not ask the provider whether it takes the credential.")
    var offline = false

    func validate() throws {
        guard keyFile != nil, store != .keyfile else { return }
        throw ValidationError("--key-file needs --store keyfile")
    }

    func run() async throws {
        let console = options.output.console()
        let desk = try options.desk(console)
        let provider = try desk.provider(options.provider)
        if store == .system, try !ProviderSettings(provider).preset.credential.isRequired {
            throw CommandFailure(
                .usage,
                "\(provider.id) works without a credential, so the keyring is not asked for one with every request",
                hint: "choose another --store"
            )
        }
        let intake = CredentialIntake(desk: desk, provider: provider, isOffline: offline, console: console)
        let (credential, validity) = try await intake.credential()
        try await Self.keep(credential, validity, provider, in: place, desk, console)
    }

    private var place: CredentialDesk.Place {
        switch store {
        case nil: .store(nil)
        case .keyring: .store(.keyring)
        case .passphrase: .store(.passphrase())
        case .keyfile: .store(keyFile.map { .file(Self.absolute($0)) } ?? .file())
        case .system: .keyring
        }
    }

    /// Gateways are started in other directories.
    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(ProcessEnvironment.workingDirectory)/\(path)"
    }

    /// Stores it and says so.
    static func keep(
        _ credential: Credential,
        _ validity: CredentialValidity?,
        _ provider: Configuration.Provider,
        in place: CredentialDesk.Place,
        as action: String = "credential_stored",
        _ desk: CredentialDesk,
        _ console: Console
    ) async throws {
        let stored = try desk.keep(credential.secret, for: provider, in: place, as: action)
        let word = validity?.word ?? "not checked with the provider"
        let text = "stored \(credential.secret.masked) of \(provider.id) (\(word)) in \(stored)"
        try console.output.write(TerminalSanitizer.singleLine(text) + "\n")
        let survey = try await desk.survey(provider)
        if let used = survey.used, !used.secret.isSame(as: credential.secret) {
            console.warn("it is not the one that is used: \(used.origin) comes first")
        }
        if survey.used == nil {
            console.warn("it cannot be read back here; `aurelis auth status` says why")
        }
    }
}
