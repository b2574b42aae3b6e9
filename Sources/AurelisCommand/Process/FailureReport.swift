internal import ArgumentParser
internal import Aurelis
internal import AurelisApp
internal import AurelisStorage

/// What the person is told about an error, and what the process ends with.
struct FailureReport {
    /// The exit status.
    let status: CommandStatus
    /// What goes to standard output: help and version texts that were asked for.
    private(set) var output = ""
    /// What went wrong; nil when nothing needs to be said.
    private(set) var failure: CommandFailure?
    /// The same for programs; nil when nothing needs to be said, or standard output has it already.
    private(set) var json: String?
    private let environment: [String: String]

    /// - Parameter arguments: the command line; of what may be a secret in it nothing is repeated.
    init(_ error: any Error, environment: [String: String] = [:], arguments: [String] = []) {
        self.environment = environment
        switch error {
        case let error as CommandFailure:
            (status, failure) = (error.status, error)
        case let error as ModelError:
            let failure = CommandFailure(error)
            (status, self.failure) = (failure.status, failure)
        case let error as ConfigurationError:
            (status, failure) = (.configuration, CommandFailure(error))
        case let error as CredentialDeskError:
            status = error.isWrongKey ? .authentication : .failure
            failure = CommandFailure(status, "\(error)")
        case let error as Interruption:
            status = error.status
        case let error as WriteFailure where error.isBrokenPipe:
            status = .brokenPipe
        case let error as WriteFailure:
            (status, failure) = (.failure, CommandFailure(.failure, "cannot write: \(SystemError.text(error.number))"))
        case is CancellationError:
            status = .interrupted
        default:
            (status, output, failure) = FailureReport.parsing(error)
        }
        failure = failure.map { CommandLineSecrets(arguments).hidden(in: $0) }
        if let error = error as? ModelError {
            json = error.category == .cancelled ? nil : AnswerJSON.error(error)
        } else if let failure, !failure.isPrinted, !(error is WriteFailure) {
            json = FailureJSON.text(failure)
        }
    }

    /// Says it, and returns the status.
    ///
    /// - Parameter json: whether programs are told too, on standard output.
    func print(color: Bool, json isWanted: Bool = false) -> CommandStatus {
        let color = color && ProcessEnvironment.allowsColor(environment)
        if !output.isEmpty {
            do {
                try TextOutput(descriptor: 1, color: color).write(output)
            } catch {
                return FailureReport(error, environment: environment).print(color: color)
            }
        }
        if isWanted, let json {
            let output = TextOutput(descriptor: 1, color: false)
            output.note(output.isTerminal ? TerminalSanitizer.json(json) : json)
        }
        if let failure {
            let errors = TextOutput(descriptor: 2, color: color)
            errors.note(failure.rendered(style: errors.style, width: errors.isTerminal ? errors.columns : nil))
        }
        return status
    }

    /// Errors of the parser: asked-for help is no error, everything else is wrong usage.
    private static func parsing(_ error: any Error) -> (CommandStatus, String, CommandFailure?) {
        let code = AurelisTool.exitCode(for: error)
        let text = AurelisTool.fullMessage(for: error)
        if code == .success { return (.success, HelpText.folded(text) + "\n", nil) }
        guard code == .validationFailure else {
            if error is ExitCode { return (CommandStatus(rawValue: code.rawValue), "", nil) }
            return (.failure, "", CommandFailure(.failure, FileReason.told(error)))
        }
        var failure = CommandFailure(.usage, AurelisTool.message(for: error))
        let known = AurelisTool._errorPrefix + failure.message + "\n"
        let rest = text.hasPrefix(known) ? text.dropFirst(known.count) : ""
        failure.hints = rest.split(separator: "\n").map { line in
            String(line.drop { $0 == " " })
        }
        return (.usage, "", failure)
    }
}
