internal import ArgumentParser
internal import Aurelis
internal import AurelisApp

/// A prompt file whose blanks are filled.
struct FilledPrompt: Sendable {
    /// The blank that the question, the files and what is piped in fill, when nothing else does.
    static let inputVariable = "input"

    let file: PromptFile
    let messages: [Message]

    /// - Parameters:
    ///   - variables: `name=value` each.
    ///   - input: what was asked beside the file: it fills `{{input}}`, or stands behind everything.
    ///   - warn: is told what works but should be known, also where it explains the failure that follows.
    /// - Throws: `ConfigurationError` for a file that is none, or a blank without a value; a usage failure for variables
    ///   that are none.
    init(path: String, variables: [String], input: String?, warn: (String) -> Void) throws {
        file = try PromptFile.reading(path)
        for warning in file.warnings { warn(warning) }
        var values: [String: String] = [:]
        for variable in variables {
            guard let (name, value) = PromptVariable.parse(variable) else {
                let shown = variable.prefix { $0 != "=" }.prefix(40)
                throw CommandFailure(.usage, "\"\(shown)\" is no variable: write NAME=VALUE")
            }
            if values.updateValue(value, forKey: name) != nil { warn("the variable \(name) is given twice") }
            if !file.variables.contains(name) {
                let nearest = Suggestion.nearest(to: name, among: file.variables).map { "; did you mean \($0)?" } ?? ""
                warn("\(path) has no variable \(name)\(nearest)")
            }
        }
        var added: String?
        if let input {
            if file.variables.contains(Self.inputVariable), values[Self.inputVariable] == nil {
                values[Self.inputVariable] = input
            } else {
                added = input
            }
        }
        messages = try file.messages(filling: values) + (added.map { [.user($0)] } ?? [])
    }

    /// The messages, with other rules in the place of the file's; nil: with the file's own.
    func messages(system: String?) -> [Message] {
        guard let system else { return messages }
        return [.system(system)] + (messages.first?.role == .system ? messages.dropFirst() : messages[...])
    }

    /// Sets what the file says and nobody else has said.
    func apply(to request: inout ModelRequest) {
        request.temperature = request.temperature ?? file.temperature
        request.topP = request.topP ?? file.topP
        request.maxTokens = request.maxTokens ?? file.maxTokens
        request.seed = request.seed ?? file.seed
        if request.stop.isEmpty { request.stop = file.stop }
        if request.responseFormat == nil { request.responseFormat = file.responseFormat }
    }
}

/// A prompt file on the command line.
struct PromptFileOptions: ParsableArguments {
    @Option(
        help: .init("Ask what this .prompt.yml file says.", valueName: "file"),
        completion: .file(extensions: ["yml", "yaml"])
    )
    var promptFile: String?

    @Option(
        name: .customLong("var"),
        help: .init("Fill {{name}} in the prompt file; repeatable.", valueName: "name=value")
    )
    var variables: [String] = []

    func validate() throws {
        guard promptFile == nil else { return }
        if !variables.isEmpty { throw ValidationError("--var fills a prompt file; name it with --prompt-file") }
    }
}
