internal import AurelisApp

/// What `aurelis serve` says: two lines for programs, a few more for a person.
struct ServeAnnouncement: Sendable {
    let configuration: Configuration
    /// Who answers, when it is not whom the configuration names.
    let providers: String?
    let console: Console

    /// The servers listen.
    func listening(gateway: String, admin: String) {
        // A reader who left does not stop a server.
        console.output.note("listening on \(gateway)\nadmin on \(admin)\n")
        guard console.errors.isTerminal else { return }
        let style = console.errors.style
        let lines = [
            (names.count > 1 ? "models from" : "models of", names.joined(separator: ", ")),
            ("for a tool", "export OPENAI_BASE_URL=\(gateway)/v1 OPENAI_API_KEY=\(key)"),
            ("health", "curl -s \(admin)/health/ready"),
            ("stop", "Ctrl-C; running requests may finish"),
        ]
        let text = lines.map { "  " + style(.quiet, $0.0.padded(to: 13)) + TerminalSanitizer.singleLine($0.1) + "\n" }
        console.errors.note(text.joined())
    }

    /// The servers stop.
    func stopping() {
        let limit = configuration.gateway.drainTimeout.readable
        console.errors.note("stopping: running requests have up to \(limit) to finish; a second signal ends them\n")
    }

    private var key: String { configuration.gateway.keys == .required ? "aurelis_…" : "none" }

    private var names: [String] {
        if let providers { return [providers] }
        if configuration.simulates { return ["the embedded simulator"] }
        return configuration.providers.map { provider in
            guard let address = provider.baseURL else { return provider.id }
            return "\(provider.id) (\(address))"
        }
    }
}

extension String {
    /// The text followed by spaces up to a width.
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - displayWidth))
    }
}
