import Aurelis
import Foundation
import Testing

@testable import AurelisApp

@Suite("Alerts to a command")
struct AlertCommandTests {
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("hook-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }

    private func shell(_ script: String) -> AlertCommand {
        AlertCommand(
            ["/bin/sh", "-c", script],
            environment: ["PATH": "/usr/bin:/bin", "AURELIS_ALERT_TO": "unhealthy"]
        )
    }

    private func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    @Test("it reads the alert, and knows of the environment what it is told and nothing else")
    func told() async throws {
        try await withFolder { folder in
            let problem = await shell("cat > \(folder)/body; env > \(folder)/env")
                .run(input: Array("{\"a\":1}".utf8), within: .seconds(30))
            #expect(problem == nil && text(folder + "/body") == "{\"a\":1}")
            let names = Set(text(folder + "/env").split(separator: "\n").map { $0.prefix { $0 != "=" } })
            #expect(names.subtracting(["PWD", "SHLVL", "_", "OLDPWD"]) == ["PATH", "AURELIS_ALERT_TO"])
        }
    }

    @Test("how it failed is told in words")
    func failures() async {
        #expect(await shell("exit 3").run(input: [], within: .seconds(30)) == "it ended with status 3")
        #expect(await shell("kill -9 $$").run(input: [], within: .seconds(30)) == "it was ended by signal 9")
        let absent = await AlertCommand(["/nowhere/at-all"], environment: [:]).run(input: [], within: .seconds(30))
        #expect(absent?.hasPrefix("/nowhere/at-all cannot be run: No such file") == true)
        #expect(await shell("exit 0").run(input: Array(repeating: 0x20, count: 1 << 20), within: .seconds(30)) != nil)
    }

    @Test("one that does not read, and one that prints without end, are no trouble")
    func unreading() async {
        #expect(await shell("exit 0").run(input: Array(repeating: 0x20, count: 16_000), within: .seconds(30)) == nil)
        #expect(
            await shell("head -c 5000000 /dev/zero; head -c 5000000 /dev/zero >&2").run(input: [], within: .seconds(30))
                == nil
        )
    }

    @Test("one that hangs is ended when its time is over, and what it has started with it")
    func hanging() async throws {
        try await withFolder { folder in
            let problem = await shell("sleep 1000 & echo $! > \(folder)/child; echo x > \(folder)/ready; wait")
                .run(input: [], within: .milliseconds(300))
            #expect(problem == "it had not ended after 300 ms, and was ended")
            #if os(Linux)
                let child = text(folder + "/child").trimmingCharacters(in: .whitespacesAndNewlines)
                try #require(!child.isEmpty)
                // Gone, or dead and waiting for whoever buries it.
                let state = text("/proc/\(child)/stat").split(separator: ")").last?.split(separator: " ").first
                #expect(state == nil || state == "Z" || state == "X")
            #endif
        }
    }

    @Test("one that hangs does not hold up the end of the process")
    func cancellation() async throws {
        try await withFolder { folder in
            let command = shell("echo x > \(folder)/ready; sleep 1000")
            let problem = await withTaskGroup(of: String?.self) { group in
                group.addTask { await command.run(input: [], within: .seconds(3_600)) }
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(problem == "it was ended with the gateway")
        }
    }
}
