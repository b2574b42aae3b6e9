import ArgumentParser
import AurelisApp
import Testing

@testable import AurelisCommand

@Suite("serve")
struct ServeCommandTests {
    @Test(
        "what only the simulator understands is refused where it does not answer",
        arguments: [("--faults", "flaky"), ("--tier", "pro"), ("--seed", "7")]
    )
    func simulatorOnly(flag: String, value: String) throws {
        let command = try #require(try AurelisTool.parseAsRoot(["serve", flag, value]) as? ServeCommand)
        let failure = #expect(throws: CommandFailure.self) { try command.check(Configuration()) }
        #expect(failure?.status == .usage && failure?.message.hasPrefix("\(flag) is for the simulator") == true)
        #expect(failure?.hints.first?.contains("--simulate") == true)
        // A file may say that it answers.
        var simulated = Configuration()
        simulated.simulates = true
        try command.check(simulated)
    }

    @Test("time may pass faster before a provider that is simulated elsewhere")
    func others() throws {
        let command = try #require(try AurelisTool.parseAsRoot(["serve", "--time-scale", "60"]) as? ServeCommand)
        try command.check(Configuration())
    }

    @Test("files are offered by the beginning of their path, directories with a slash")
    func files() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        for name in ["faults.json", "other.json", ".hidden"] {
            try OutputFile.write("{}", to: directory.path + "/" + name, replacing: false)
        }
        #expect(CompletionNames.files(directory.path + "/fa") == [directory.path + "/faults.json"])
        #expect(CompletionNames.files(directory.path + "/").count == 2)
        #expect(CompletionNames.files(directory.path + "/.h") == [directory.path + "/.hidden"])
        #expect(CompletionNames.files(directory.path) == [directory.path + "/"])
        #expect(CompletionNames.files(directory.path + "/none/x").isEmpty)
    }
}
