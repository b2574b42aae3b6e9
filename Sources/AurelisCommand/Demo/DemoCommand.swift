internal import ArgumentParser

/// `aurelis demo`: a short story with real requests, told while it happens.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show in a quarter of a minute what Aurelis does, with real requests and no account.",
        discussion: """
            Starts a simulated provider and a gateway on free ports of this machine, sends
            requests through the gateway, and prints what happened and why. Fails when
            something did not go as it should.

            Examples:
              aurelis demo
              aurelis demo --keep
            """
    )

    @Flag(help: "Stay up afterwards, with a curl line to try.")
    var keep = false

    @OptionGroup
    var output: OutputOptions

    func run() async throws {
        let console = output.console()
        do {
            try await Signals.interruptible {
                try await DemoStage.open(logLevel: output.logLevel) { stage in
                    let hasSucceeded = try await Demo(stage: stage, output: console.output).play()
                    if keep {
                        try console.output.write(DemoStage.invitation(stage.gateway))
                        await Signals.forever()
                    }
                    guard hasSucceeded else {
                        throw CommandFailure(.failure, "the demo did not go as it should; the lines marked ✗ say where")
                    }
                }
            }
        } catch let interruption as Interruption {
            // With --keep, the signal is the end that was announced.
            guard keep else { throw interruption }
        }
    }
}
