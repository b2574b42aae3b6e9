import Testing

@testable import AurelisProviders

@Suite("Where credentials come from")
struct CredentialSourceTests {
    private func found(_ finding: CredentialSource.Finding) -> (text: String, origin: String, warning: String?)? {
        guard case .found(let secret, let origin, let warning) = finding else { return nil }
        return (secret.withText { $0 }, origin, warning)
    }

    private func failure(_ finding: CredentialSource.Finding) -> String? {
        guard case .failed(let reason) = finding else { return nil }
        return reason
    }

    @Test("the first variable that is set and not empty counts")
    func environment() {
        let environment = ["A": "  ", "B": " value \n", "C": "other"]
        let source = CredentialSource.environment(["MISSING", "A", "B", "C"], in: environment)
        #expect(found(source.read())?.text == "value")
        #expect(found(source.read())?.origin == "the environment variable B")
        guard case .absent = CredentialSource.environment(["A"], in: environment).read() else {
            Issue.record("an empty variable is no credential")
            return
        }
    }

    @Test("a file holds a credential with white space around it")
    func file() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("key", "\n  key-in-file \r\n")
        let finding = try #require(found(CredentialSource.file(path).read()))
        #expect(finding.text == "key-in-file")
        #expect(finding.warning == nil)
    }

    @Test("a file that others can read is used with a warning")
    func sharedFile() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("key", "key-in-file", mode: 0o644)
        #expect(found(CredentialSource.file(path).read())?.warning?.contains("chmod 600") == true)
    }

    @Test(
        "a file that is none, or holds no credential, fails with the reason",
        arguments: [
            ("", "it is empty"), (" \n", "it is empty"), ("two words", "more than one credential"),
            ("A=1\nB=2", "more than one credential"), (String(repeating: "x", count: 20_000), "too large"),
        ]
    )
    func badFile(_ contents: String, _ reason: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("key", contents)
        #expect(failure(CredentialSource.file(path).read())?.contains(reason) == true)
    }

    @Test("a missing file and a folder fail with the reason")
    func noFile() throws {
        let folder = try TemporaryFolder()
        #expect(failure(CredentialSource.file(folder.path + "/none").read()) == "there is no such file")
        #expect(failure(CredentialSource.file(folder.path).read()) == "it is no ordinary file")
        #expect(CredentialSource.file(folder.path + "/none").version() == nil)
    }

    @Test("a file's version changes with its contents")
    func fileVersion() throws {
        let folder = try TemporaryFolder()
        let source = CredentialSource.file(try folder.write("key", "one"))
        let before = source.version()
        #expect(source.version() == before)
        try folder.write("key", "three")
        #expect(source.version() != before)
    }

    @Test("a literal works and is warned of")
    func literal() {
        #expect(found(CredentialSource.literal(Secret("abc")).read())?.warning?.contains("env: NAME") == true)
    }
}

@Suite("The GitHub command")
struct GitHubCLITests {
    private func read(_ script: String?, timeLimit: Duration = .seconds(5)) throws -> CredentialSource.Finding {
        let folder = try TemporaryFolder()
        if let script { try folder.write("gh", "#!/bin/sh\n" + script, mode: 0o700) }
        let environment = ["PATH": "relative:\(folder.path)", "GITHUB_TOKEN": "from-environment", "MARK": "kept"]
        return CredentialSource.gitHubCLI(environment: environment, timeLimit: timeLimit).read()
    }

    @Test("its token is taken; it sees the environment without tokens")
    func token() throws {
        let finding = try read(#"test "$1 $2" = "auth token" && echo "tok-$MARK-${GITHUB_TOKEN:-none}""#)
        guard case .found(let secret, let origin, _) = finding else {
            Issue.record("no token was found")
            return
        }
        #expect(secret.withText { $0 == "tok-kept-none" })
        #expect(origin == "`gh auth token`")
    }

    @Test("without the command, or without a login, there is just no credential", arguments: [nil, "exit 4"])
    func absent(_ script: String?) throws {
        guard case .absent = try read(script) else {
            Issue.record("that is no failure")
            return
        }
    }

    @Test(
        "what is no token is a failure",
        arguments: ["true", "echo two words", "/usr/bin/head -c 100000 /dev/zero", "kill -9 $$; echo never"]
    )
    func failed(_ script: String) throws {
        switch try read(script) {
        case .failed, .absent: break
        case .found: Issue.record("a token was found in nothing")
        }
    }

    @Test("a command that waits for a person is ended")
    func slow() throws {
        let start = ContinuousClock.now
        guard case .failed(let reason) = try read("exec /bin/sleep 30", timeLimit: .milliseconds(100)) else {
            Issue.record("it was not ended")
            return
        }
        #expect(reason.contains("took longer"))
        #expect(start.duration(to: .now) < .seconds(10))
    }
}
