import Foundation
import Testing

@testable import AurelisProviders

@Suite("The Secret Service, through secret-tool")
struct SecretServiceTests {
    private let item = KeyringItem(account: "openai", server: "https://api.openai.com")

    /// A keyring whose `secret-tool` is a script.
    private func keyring(
        _ script: String?,
        in folder: borrowing TemporaryFolder,
        timeLimit: Duration = .seconds(5)
    ) throws -> SystemKeyring {
        if let script { try folder.write("secret-tool", "#!/bin/sh\n" + script, mode: 0o700) }
        let environment = [
            "PATH": folder.path, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/x", "OPENAI_API_KEY": "not-for-others",
        ]
        return .secretService(environment: environment, timeLimit: timeLimit, writingTimeLimit: timeLimit)
    }

    private func words(_ finding: CredentialSource.Finding) -> String {
        switch finding {
        case .found(let secret, _, _): secret.withText { "found \($0)" }
        case .absent(let reason): "absent: \(reason)"
        case .failed(let reason): "failed: \(reason)"
        }
    }

    @Test("a secret goes in by standard input, with the provider and its server as attributes, and comes back out")
    func stub() throws {
        let folder = try TemporaryFolder()
        let script = """
            case "$1" in
            store) test "$2" = --label=Label || exit 9; shift 2; printf '%s' "$*" > "\(folder.path)/attributes"
                   /bin/cat > "\(folder.path)/value" ;;
            lookup) test -f "\(folder.path)/value" || exit 1; exec /bin/cat "\(folder.path)/value" ;;
            clear) exec /bin/rm "\(folder.path)/value" ;;
            esac
            """
        let keyring = try keyring(script, in: folder)
        #expect(words(keyring.read(item)) == "absent: it holds none")
        #expect(keyring.write(Secret("sk-in-keyring"), as: item, label: "Label") == nil)
        let attributes = try String(contentsOfFile: folder.path + "/attributes", encoding: .utf8)
        #expect(attributes == "service aurelis account openai server https://api.openai.com")
        #expect(words(keyring.read(item)) == "found sk-in-keyring")
        #expect(keyring.remove(item) == .removed && keyring.remove(item) == .absent)
    }

    @Test("it sees what leads to the service, and no credentials")
    func environment() throws {
        let folder = try TemporaryFolder()
        let keyring = try keyring("echo \"$DBUS_SESSION_BUS_ADDRESS/${OPENAI_API_KEY:-none}\"", in: folder)
        #expect(words(keyring.read(item)) == "found unix:path=/x/none")
    }

    static let failures = [
        ("echo 'secret-tool: locked' >&2; exit 1", "failed: secret-tool: locked"),
        ("exit 3", "failed: `secret-tool` ended with status 3"), ("exit 1", "absent: it holds none"),
        ("true", "failed: `secret-tool` printed nothing"),
        ("/usr/bin/head -c 100000 /dev/zero", "failed: `secret-tool` printed more than a secret can be"),
        ("printf 'a\\033[31m' >&2; exit 1", "failed: a?[31m"),
        ("/usr/bin/yes complaint | /usr/bin/head -c 100000 >&2; exit 1", "failed: complaint"),
    ]

    @Test("what goes wrong is told in its words", arguments: failures)
    func failure(script: String, expected: String) throws {
        let folder = try TemporaryFolder()
        #expect(words(try keyring(script, in: folder).read(item)) == expected)
    }

    @Test(
        "what has the shape of a credential is taken out of its words, also where it would be cut",
        arguments: [0, 170]
    )
    func repeated(distance: Int) throws {
        let folder = try TemporaryFolder()
        let random = "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zR0"
        let token = "ghp_" + random + String(decoding: GitHubToken.checksum(of: random.utf8), as: UTF8.self)
        let script = "echo 'lookup failed \(String(repeating: ".", count: distance)) \(token)' >&2; exit 1"
        let text = words(try keyring(script, in: folder).read(item))
        #expect(text.hasPrefix("failed: lookup failed ") && !text.contains("ghp_") && !text.contains(random.prefix(8)))
    }

    @Test("a keyring that waits for a person is given up, reading and writing")
    func slow() throws {
        let folder = try TemporaryFolder()
        let keyring = try keyring("exec /bin/sleep 60", in: folder, timeLimit: .milliseconds(100))
        #expect(words(keyring.read(item)).contains("did not answer in time"))
        #expect(keyring.write(Secret("x"), as: item, label: "x")?.contains("did not answer in time") == true)
    }

    @Test("without the command, or without a session bus, there is just none")
    func absent() throws {
        let folder = try TemporaryFolder()
        #expect(words(try keyring(nil, in: folder).read(item)) == "absent: `secret-tool` is not installed")
        try folder.write("secret-tool", "#!/bin/sh\necho never", mode: 0o700)
        let keyring = SystemKeyring.secretService(environment: ["PATH": folder.path])
        #expect(words(keyring.read(item)) == "absent: there is no session bus")
    }

    @Test("a real keyring daemon keeps, finds, replaces and forgets")
    func real() throws {
        // A daemon that outlives its session inherits the pipes of every other test's children.
        guard ProcessInfo.processInfo.environment["AURELIS_TEST_KEYRING"] == "1" else {
            print("skipped: set AURELIS_TEST_KEYRING=1 to start a keyring daemon; best with --filter SecretService")
            return
        }
        guard let session = try KeyringSession() else {
            print("skipped: no dbus-run-session, gnome-keyring-daemon or secret-tool on this machine")
            return
        }
        defer { session.end() }
        let keyring = SystemKeyring.secretService(environment: session.environment)
        #expect(words(keyring.read(item)) == "absent: it holds none")
        #expect(keyring.write(Secret("first"), as: item, label: "Aurelis: openai") == nil)
        #expect(keyring.write(Secret("second"), as: item, label: "Aurelis: openai") == nil)
        #expect(words(keyring.read(item)) == "found second")
        #expect(words(keyring.read(KeyringItem(account: "openai", server: "https://evil"))) == "absent: it holds none")
        #expect(keyring.remove(item) == .removed && keyring.remove(item) == .absent)
        // The store's own key, in the same keyring.
        let folder = try TemporaryFolder()
        let vault = CredentialVault(directory: folder.path, environment: session.environment, keyring: keyring)
        try vault.store?.put(Secret("sealed"), for: "openai", at: item.server, sealingWith: .keyring)
        let other = CredentialVault(directory: folder.path, environment: session.environment, keyring: keyring)
        #expect(words(try #require(other.store).find("openai", at: item.server)) == "found sealed")
    }
}

/// A session bus with an unlocked keyring of its own.
private final class KeyringSession {
    let environment: [String: String]
    private let process: Process
    private let input = Foundation.Pipe()
    private let home: String

    /// nil where the programs are missing.
    init?() throws {
        let path = ProcessInfo.processInfo.environment["PATH"]
        guard let run = ChildProcess.find("dbus-run-session", in: path),
            ChildProcess.find("gnome-keyring-daemon", in: path) != nil,
            ChildProcess.find("secret-tool", in: path) != nil
        else { return nil }
        home = NSTemporaryDirectory() + "aurelis-keyring-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: home,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        var environment = ["HOME": home, "XDG_RUNTIME_DIR": home, "XDG_DATA_HOME": home, "PATH": path ?? ""]
        process = Process()
        process.executableURL = URL(fileURLWithPath: run)
        let unlock = "printf x | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1"
        process.arguments = ["--", "sh", "-c", "\(unlock); echo \"$DBUS_SESSION_BUS_ADDRESS\"; exec cat"]
        process.environment = environment
        let output = Foundation.Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line = Data()
        while line.last != 0x0A {
            let next = output.fileHandleForReading.availableData
            guard !next.isEmpty else { return nil }
            line += next
        }
        environment["DBUS_SESSION_BUS_ADDRESS"] = String(decoding: line.dropLast(), as: UTF8.self)
        self.environment = environment
    }

    func end() {
        // The session ends with its command, and that with its input.
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: home)
    }
}
