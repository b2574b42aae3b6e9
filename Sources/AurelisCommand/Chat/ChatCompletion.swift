internal import Aurelis

/// What Tab offers in a chat: commands, models, tasks, files.
struct ChatCompletion: Sendable {
    var models: [String]
    /// The names in a directory, those of directories with a slash at the end.
    var files: @Sendable (String) -> [String]

    /// What could stand at the end of a text.
    func completion(of text: String) -> LineCompletion {
        guard text.first == "/", !text.contains("\n") else { return .none }
        guard let space = text.firstIndex(where: \.isWhitespace) else {
            return .words(ChatCommandLine.names.map { "/" + $0 }, beginning: text)
        }
        let argument = text[space...].drop(while: \.isWhitespace)
        switch ChatCommandLine(name: String(text[..<space].dropFirst()), argument: "")?.name {
        case .model: return .words(models + ["auto"], beginning: argument)
        case .task: return .words(TaskType.allCases.map(\.rawValue), beginning: argument)
        case .save, .load, .prompt: return file(argument)
        default: return .none
        }
    }

    private func file(_ beginning: Substring) -> LineCompletion {
        let directory = beginning.lastIndex(of: "/").map { beginning[...$0] } ?? ""
        let name = beginning.dropFirst(directory.count)
        // Hidden files are for those who ask for them.
        let names = files(directory.isEmpty ? "." : String(directory)).filter {
            $0.hasPrefix(name) && ($0.first != "." || name.first == ".")
        }
        return LineCompletion(replaced: beginning.count, candidates: names.sorted().map { directory + $0 })
    }
}
