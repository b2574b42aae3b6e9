internal import ArgumentParser
internal import Aurelis
internal import AurelisApp

/// `aurelis cache invalidate`: some answers count no more.
struct CacheInvalidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invalidate",
        abstract: "Make kept answers unfindable, in every layer and for every gateway that shares one.",
        discussion: """
            An event reaches the answers of the tasks that `cache.events` names for it, and
            those that are tagged with its name. The options narrow it down, or select by
            themselves.

            Examples:
              aurelis cache invalidate framework_update
              aurelis cache invalidate --tag release-2 --dry-run
            """
    )

    @Argument(help: .init("What has happened, such as framework_update.", valueName: "event"))
    var event: String?

    @OptionGroup
    var which: CacheSelectionOptions

    @Flag(help: "Every answer.")
    var all = false

    @Flag(help: "Show which answers it would be; change nothing.")
    var dryRun = false

    @OptionGroup
    var options: CacheOptions

    func validate() throws {
        let selects = event != nil || which.selection.selection != .all
        let names: [(kind: String, text: String?)] = [
            ("EVENT", event), ("--tag", which.tag), ("--model", which.model), ("--tenant", which.tenant),
        ]
        let refusal = CacheSelection.refusal(of: names)
        if let refusal { throw ValidationError(refusal) }
        guard selects || all else {
            throw ValidationError("say which answers: an EVENT, --task, --tag, --model, --tenant, --prefix, or --all")
        }
        if all, selects { throw ValidationError("--all selects every answer: leave the rest out") }
        if dryRun, event != nil { throw ValidationError("--dry-run needs options that select, not an event") }
    }

    func run() async throws {
        let (selection, event, dryRun, json) = (which.selection, event, dryRun, options.json)
        try await options.withDesk { desk, console in
            guard !dryRun else {
                let answers = CachedAnswerList(try await desk.entries(of: selection, in: nil, limit: 1_000))
                if json { return try console.output.write(json: answers.json + "\n") }
                guard !answers.isEmpty else { return console.remark("no such answer is kept") }
                let table = answers.table(limit: 20, at: WallClock.system.millisecondsSinceEpoch)
                try console.output.write(table.rendered(width: console.output.columns, style: console.output.style))
                if answers.count > 20 { console.remark("and \(answers.count - 20) more") }
                return
            }
            let count = try await desk.count(of: selection, event: event, limit: 1_000)
            let isGateway = try await desk.invalidate(selection, event: event)
            let place = Self.place(isGateway: isGateway, isUnasked: desk.gateway.isUnasked)
            if json {
                let members = "\"invalidated\":true,\"answers\":\(count),\"gateway\":\(isGateway)"
                return try console.output.write(json: "{\(members)}\n")
            }
            let answers = count == 1 ? "1 answer" : count < 1_000 ? "\(count) answers" : "at least \(count) answers"
            console.remark("invalidated \(answers) \(place)")
            if let event, count == 0, desk.session.configuration.cache.rules.events[event] == nil {
                console.warn("no kept answer is tagged \(event), and `cache.events` names no task for it")
            }
        }
    }

    /// Where answers were made unfindable.
    static func place(isGateway: Bool, isUnasked: Bool) -> String {
        if isGateway { return "at the gateway and in what outlives it" }
        return isUnasked ? "in what outlives a gateway" : "in what outlives a gateway; none runs here"
    }
}
