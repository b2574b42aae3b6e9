/// The question, put together from what was typed, named and piped.
///
///     try Prompt.assembled(words: ["review", "this"], files: [.init("a.swift", text)], input: nil)
///
/// The words come first, then the files in the order they were named, then standard input, each after a blank line.
/// Several files are each preceded by a line with their name; one file alone speaks for itself.
enum Prompt {
    /// A file's name and contents.
    struct File: Hashable, Sendable {
        let name: String
        let text: String

        init(_ name: String, _ text: String) {
            self.name = name
            self.text = text
        }
    }

    /// - Throws: a usage failure when there is nothing to ask.
    static func assembled(words: [String], files: [File], input: String?) throws(CommandFailure) -> String {
        guard let prompt = joined(words: words, files: files, input: input) else {
            throw CommandFailure(
                .usage,
                "there is nothing to ask",
                hint: "aurelis ask \"Why is the sky blue?\"",
                "git diff | aurelis ask -t codeReview \"Review this change\""
            )
        }
        return prompt
    }

    /// The same; nil when there is nothing.
    static func joined(words: [String], files: [File], input: String?) -> String? {
        var parts = [words.joined(separator: " ")]
        for file in files {
            let text = trimmedEnd(file.text)
            parts.append(files.count > 1 ? "--- \(file.name) ---\n\(text)" : text)
        }
        if let input { parts.append(trimmedEnd(input)) }
        let prompt = parts.filter { !isBlank($0) }.joined(separator: "\n\n")
        return prompt.isEmpty ? nil : prompt
    }

    private static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }

    /// Without the line breaks at the end, which every file has; indentation and all else stays.
    private static func trimmedEnd(_ text: String) -> String {
        var text = text
        while let last = text.last, last.isNewline { text.removeLast() }
        return text
    }
}
