internal import ArgumentParser
internal import Aurelis

/// `aurelis cache clear`: nothing is kept any more.
struct CacheClearCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear",
        abstract: "Drop every kept answer, in every layer and for every gateway that shares one.",
        discussion: """
            Example:
              aurelis cache clear --yes
            """
    )

    @Flag(help: "Do not ask whether that is meant.")
    var yes = false

    @OptionGroup
    var options: CacheOptions

    func run() async throws {
        let (yes, json) = (yes, options.json)
        try await options.withDesk { desk, console in
            if !yes { try await Self.confirm(desk, console) }
            let isGateway = try await desk.invalidate(CacheSelectionArgument())
            if json { return try console.output.write(json: "{\"cleared\":true,\"gateway\":\(isGateway)}\n") }
            console.remark(isGateway ? "cleared, at the gateway too" : "cleared")
        }
    }

    private static func confirm(_ desk: CacheDesk, _ console: Console) async throws {
        guard console.errors.isTerminal, !InputFile.isPiped else {
            throw CommandFailure(.usage, "this drops every kept answer", hint: "--yes says that it is meant")
        }
        let count = try await desk.report().report.layers.compactMap { $0.usage?.entries }.max() ?? 0
        console.errors.note("drop \(count) kept answer\(count == 1 ? "" : "s")? [y/N] ")
        guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
            throw CommandFailure(.failure, "nothing was dropped")
        }
    }
}
