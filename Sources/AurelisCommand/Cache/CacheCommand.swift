internal import ArgumentParser
internal import AurelisApp

/// `aurelis cache`: the answers that are kept.
struct CacheCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache",
        abstract: "Count, list, show, invalidate and warm the answers that are kept.",
        discussion: """
            Answers are kept in the memory of a running gateway, in a Redis that gateways
            share, and in the data directory. A gateway that runs on this configuration is
            asked, and told; without one the layers behind it are worked on directly.

            Examples:
              aurelis cache stats
              aurelis cache list --task codeReview
              aurelis cache invalidate framework_update
              aurelis cache invalidate --tag release-2
              aurelis cache warm warm-up.jsonl
            """,
        subcommands: [
            CacheStatsCommand.self, CacheListCommand.self, CacheShowCommand.self, CacheInvalidateCommand.self,
            CacheClearCommand.self, CacheWarmCommand.self,
        ]
    )
}

/// What every subcommand of `aurelis cache` understands.
struct CacheOptions: ParsableArguments {
    @Option(help: .init("The gateway's control plane; default: as the configuration says.", valueName: "url"))
    var admin: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup
    var configuration: ConfigurationOptions

    @OptionGroup
    var output: OutputOptions

    /// Does something with the cache of this configuration.
    func withDesk(_ body: @escaping @Sendable (CacheDesk, Console) async throws -> Void) async throws {
        let console = output.console()
        var overrides = configuration.overrides
        overrides.needsProvider = false
        let session = try Session.load(overrides, logLevel: output.logLevel, console: console)
        try session.requireReadableData()
        let gateway = ControlPlane(
            named: admin,
            configuration: session.configuration,
            remark: { console.remark($0) }
        )
        try await Signals.interruptible {
            try await session.withEngine { engine in
                try await body(CacheDesk(gateway: gateway, session: session, cache: engine.cache), console)
            }
        }
    }
}

/// Which answers a subcommand of `aurelis cache` is about.
struct CacheSelectionOptions: ParsableArguments {
    @Option(help: "Only answers to this task.")
    var task: TaskArgument?

    @Option(help: .init("Only answers with this tag.", valueName: "name"))
    var tag: String?

    @Option(help: .init("Only answers of this model.", valueName: "model"))
    var model: String?

    @Option(help: .init("Only answers of this tenant.", valueName: "name"))
    var tenant: String?

    @Option(help: .init("Only answers whose key begins so.", valueName: "digits"))
    var prefix: String?

    func validate() throws {
        guard let prefix else { return }
        guard !prefix.isEmpty, prefix.count <= 64, prefix.allSatisfy({ "0123456789abcdef".contains($0) }) else {
            throw ValidationError("--prefix takes 1 to 64 hexadecimal digits, in lowercase")
        }
    }

    var selection: CacheSelectionArgument {
        CacheSelectionArgument(task: task?.task, tag: tag, model: model, tenant: tenant, prefix: prefix)
    }
}
