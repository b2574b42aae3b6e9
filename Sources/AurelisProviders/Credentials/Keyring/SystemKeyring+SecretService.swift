extension SystemKeyring {
    /// The Secret Service of the desktop (GNOME Keyring, KWallet, KeePassXC), through the command `secret-tool`.
    ///
    /// It is given secrets on standard input, and only those variables that lead to the service. A keyring that is locked
    /// asks its person; where nobody answers it is given up.
    ///
    /// - Parameters:
    ///   - timeLimit: how long a look may take.
    ///   - writingTimeLimit: how long a change may take, which a person may have to allow.
    package static func secretService(
        environment: [String: String],
        timeLimit: Duration = .seconds(5),
        writingTimeLimit: Duration = .seconds(60)
    ) -> SystemKeyring {
        let tool = SecretTool(environment: environment)
        return SystemKeyring(
            name: "system keyring (secret-tool)",
            read: { item in tool.lookup(item, within: timeLimit) },
            write: { secret, item, label in tool.store(secret, as: item, label, within: writingTimeLimit) },
            remove: { item in tool.clear(item, within: timeLimit, writingTimeLimit) }
        )
    }
}

private struct SecretTool: Sendable {
    private enum Answer {
        case absent(String)
        case outcome(ChildProcess.Outcome)
    }

    private let environment: [String: String]

    private static let variables: Set = [
        "PATH", "HOME", "USER", "LOGNAME", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "XDG_DATA_HOME",
        "XDG_CONFIG_HOME", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY",
    ]

    init(environment: [String: String]) {
        self.environment = environment.filter { Self.variables.contains($0.key) }.merging(["LC_ALL": "C"]) { $1 }
    }

    func lookup(_ item: KeyringItem, within limit: Duration) -> CredentialSource.Finding {
        switch run(["lookup"] + attributes(item), within: limit) {
        case .absent(let reason): .absent(reason)
        case .outcome(.finished(status: 0, let output, _)): finding(output)
        // That there is none is said by the status alone.
        case .outcome(.finished(status: 1, _, "")): .absent("it holds none")
        case .outcome(let outcome): .failed(reason(outcome))
        }
    }

    func store(_ secret: Secret, as item: KeyringItem, _ label: String, within limit: Duration) -> String? {
        switch run(["store", "--label=\(label)"] + attributes(item), input: secret, within: limit) {
        case .absent(let reason): reason
        case .outcome(.finished(status: 0, _, _)): nil
        case .outcome(let outcome): reason(outcome)
        }
    }

    func clear(_ item: KeyringItem, within limit: Duration, _ writingLimit: Duration) -> SystemKeyring.Removal {
        // The command tells nobody whether there was something to remove.
        switch lookup(item, within: limit) {
        case .absent: return .absent
        case .failed(let reason): return .failed(reason)
        case .found: break
        }
        switch run(["clear"] + attributes(item), within: writingLimit) {
        case .outcome(.finished(status: 0, _, _)): return .removed
        case .absent: return .absent
        case .outcome(let outcome): return .failed(reason(outcome))
        }
    }

    private func run(_ arguments: [String], input: Secret? = nil, within limit: Duration) -> Answer {
        guard let path = ChildProcess.find("secret-tool", in: environment["PATH"]) else {
            return .absent("`secret-tool` is not installed")
        }
        // On a server that is no failure, and no reason to start a process.
        guard hasBus else { return .absent("there is no session bus") }
        return .outcome(
            ChildProcess.run(path, arguments: arguments, environment: environment, input: input, timeLimit: limit)
        )
    }

    /// Whether there is a way to the service: an address, the socket of a login session, or a desktop that starts one.
    private var hasBus: Bool {
        if ["DBUS_SESSION_BUS_ADDRESS", "DISPLAY"].contains(where: { !(environment[$0] ?? "").isEmpty }) {
            return true
        }
        return environment["XDG_RUNTIME_DIR"].map { CredentialFile.version(of: "\($0)/bus") != nil } ?? false
    }

    private func attributes(_ item: KeyringItem) -> [String] {
        ["service", "aurelis", "account", item.account, "server", item.server]
    }

    private func finding(_ output: Secret) -> CredentialSource.Finding {
        guard let secret = output.firstLine else { return .failed("`secret-tool` printed nothing") }
        return .found(secret, origin: "the system keyring")
    }

    private func reason(_ outcome: ChildProcess.Outcome) -> String {
        switch outcome {
        case .finished(let status, _, ""): "`secret-tool` ended with status \(status)"
        case .finished(_, _, let complaint): complaint
        case .tooSlow: "`secret-tool` did not answer in time; is the keyring locked?"
        case .tooLong: "`secret-tool` printed more than a secret can be"
        case .failed(let reason): "`secret-tool` could not be run: \(reason)"
        }
    }
}
