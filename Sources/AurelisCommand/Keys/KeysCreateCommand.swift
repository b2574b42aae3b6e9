internal import ArgumentParser
internal import Aurelis

/// `aurelis keys create`: a new key, on standard output and nowhere else.
struct KeysCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a key and print it, once.",
        discussion: """
            Only the key goes to stdout. Without options it may do everything; days are
            those of UTC.

            Examples:
              KEY=$(aurelis keys create ci --tasks codeReview --requests-per-day 500)
              aurelis keys create ann --models "gpt-4o*" --budget 2.50 --expires 30d
              export AURELIS_ADMIN_KEY=$(aurelis keys create ops --admin)
            """
    )

    @Argument(help: "What you call it; its public name is made from that.")
    var name: String

    @Flag(help: "For the control plane, not for models.")
    var admin = false

    @Option(
        help: .init("Only these models, separated by commas; * at an end means anything.", valueName: "names")
    )
    var models: ModelPatternsArgument?

    @Option(help: .init("Only for these tasks, separated by commas.", valueName: "tasks"))
    var tasks: TasksArgument?

    @Option(
        help: .init(
            "Only for these: \(AccessEndpoint.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "parts"
        )
    )
    var endpoints: EndpointsArgument?

    @Option(
        parsing: .unconditional,
        help: .init("Dollars a day, such as 2.50.", valueName: "dollars"),
        transform: DollarsArgument.read
    )
    var budget: DollarsArgument?

    @Option(
        parsing: .unconditional,
        help: .init("Requests in a minute.", valueName: "count"),
        transform: AmountArgument.read
    )
    var requestsPerMinute: AmountArgument?

    @Option(
        parsing: .unconditional,
        help: .init("Requests in a day.", valueName: "count"),
        transform: AmountArgument.read
    )
    var requestsPerDay: AmountArgument?

    @Option(
        parsing: .unconditional,
        help: .init("Tokens of prompts and answers in a day.", valueName: "count"),
        transform: AmountArgument.read
    )
    var tokensPerDay: AmountArgument?

    @Option(
        parsing: .unconditional,
        help: .init("Requests at once.", valueName: "count"),
        transform: AmountArgument.read
    )
    var concurrent: AmountArgument?

    @Option(
        help: .init("Requests with credentials, at least: warn, redact or block.", valueName: "policy")
    )
    var secrets: SecretPolicyArgument?

    @Option(
        parsing: .unconditional,
        help: .init("How long it is good, such as 30d or 12h; default: until it is revoked.", valueName: "time"),
        transform: LifetimeArgument.read
    )
    var expires: LifetimeArgument?

    @OptionGroup
    var options: KeysOptions

    func validate() throws {
        if let refusal = AccessKeyDraft.refusal(ofName: name) { throw ValidationError(refusal) }
        guard !admin || draft.asksNothing else {
            throw ValidationError("an admin key asks no models: only --expires goes with --admin")
        }
    }

    private var draft: AccessKeyDraft {
        var draft = AccessKeyDraft(name: name, kind: admin ? .admin : .gateway)
        draft.scope = AccessScope(models: models?.patterns, tasks: tasks?.tasks, endpoints: endpoints?.endpoints)
        draft.limits.dailyBudget = budget?.picodollars
        draft.limits.requestsPerMinute = requestsPerMinute?.number
        draft.limits.requestsPerDay = requestsPerDay?.number
        draft.limits.tokensPerDay = tokensPerDay?.number
        draft.limits.concurrent = concurrent.map { Int($0.number) }
        draft.secrets = secrets?.policy
        draft.lifetime = expires?.duration
        return draft
    }

    func run() async throws {
        let console = options.output.console()
        let store = try options.store(console)
        let unlisted = UnlistedPatterns.among(models?.patterns ?? [], store.configuration)
        let now = WallClock.system.millisecondsSinceEpoch
        let (key, text) = try store.update("key_created") { book, random in
            try book.create(draft, at: now, using: &random)
        }
        try KeyPrinter(now: now).printNew(key, text, json: options.json, on: console)
        if let words = UnlistedPatterns.words(unlisted) { console.warn(words) }
        let use =
            key.kind == .admin
            ? "operators export AURELIS_ADMIN_KEY with it" : "clients send it as Authorization: Bearer"
        console.remark("the key \(key.id) is shown this once; \(use)")
    }
}
