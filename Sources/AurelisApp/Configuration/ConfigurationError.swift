internal import Aurelis

/// Why a configuration cannot be used: where, what, and what to write instead.
///
///     aurelis.yaml:7:3: gateway.prot: unknown setting (did you mean "port"?)
package struct ConfigurationError: Error, Sendable, CustomStringConvertible {
    /// Where the value was said: a file with line and column, a variable, a flag.
    package var origin: ConfigurationOrigin?
    /// The dotted path of the setting, such as `routing.tasks.codeGeneration`.
    package var path: String?
    /// What is wrong.
    package var message: String
    /// What to do.
    package var suggestion: String?

    /// An error.
    package init(
        _ message: String,
        path: String? = nil,
        origin: ConfigurationOrigin? = nil,
        suggestion: String? = nil
    ) {
        // Somebody may have put a secret where something else belongs.
        self.message = Redaction.standard.text(message)
        self.path = path.map(Redaction.standard.text)
        self.origin = origin
        self.suggestion = suggestion.map(Redaction.standard.text)
    }

    /// One line.
    package var description: String {
        let place = [origin?.description, path].compactMap { $0 }.map { $0 + ": " }.joined()
        return place + message + (suggestion.map { " (\($0))" } ?? "")
    }
}

/// Where a value of the configuration was said.
package enum ConfigurationOrigin: Sendable, Hashable, CustomStringConvertible {
    /// In a file; the line and column count from 1.
    case file(String, line: Int, column: Int)
    /// In an environment variable.
    case environment(String)
    /// On the command line.
    case flag(String)

    /// As a person looks for it: `aurelis.yaml:7:3`, `$AURELIS_PORT`, `--port`.
    package var description: String {
        switch self {
        case .file(let path, let line, let column): "\(path):\(line):\(column)"
        case .environment(let name): "$\(name)"
        case .flag(let name): name
        }
    }
}
