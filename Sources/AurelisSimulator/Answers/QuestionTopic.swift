/// What a question seems to be about: a few words looked up in lists, no more.
struct QuestionTopic: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case code(CodeLanguage)
        case documentation
        case greeting
        case general
    }

    /// The tasks that there are code samples for.
    enum Task: Sendable, Hashable, CaseIterable {
        case words
        case fibonacci
        case search
    }

    /// What a single word gives away.
    private enum Clue: Sendable {
        case code
        case documentation
        case greeting
        case task(Task)
        case language(CodeLanguage)
    }

    /// What a question is about shows at its beginning.
    private static let examinedBytes = 400

    var kind: Kind
    var task: Task?
    /// The question's first words, to be quoted.
    var subject: String

    init(_ question: String) {
        var language: CodeLanguage?
        var speaksOfCode = false
        var speaksOfDocumentation = false
        var greets = false
        var words = 0
        for word in Self.words(of: question) {
            words += 1
            switch Self.clues[word] {
            case nil: continue
            case .code: speaksOfCode = true
            case .documentation: speaksOfDocumentation = true
            case .greeting: greets = true
            case .task(let found): task = task ?? found
            case .language(let found): language = language ?? found
            }
        }
        subject = Self.subject(of: question)
        kind =
            if speaksOfDocumentation {
                .documentation
            } else if speaksOfCode || language != nil || task == .words || task == .fibonacci {
                .code(language ?? .python)
            } else if greets, words <= 12 {
                .greeting
            } else {
                .general
            }
    }

    private static let clues: [String: Clue] = {
        var clues: [String: Clue] = [:]
        for word in [
            "code", "function", "implement", "class", "method", "refactor", "debug", "bug", "fix", "optimise",
            "optimize", "algorithm", "unit", "compile", "snippet", "program", "func", "def",
        ] { clues[word] = .code }
        for word in [
            "document", "documentation", "readme", "explain", "describe", "docstring", "guide", "tutorial",
            "summarise", "summarize",
        ] { clues[word] = .documentation }
        for word in ["hello", "hi", "hey", "greetings"] { clues[word] = .greeting }
        for word in ["fibonacci", "recursion", "memoize", "memoization"] { clues[word] = .task(.fibonacci) }
        for word in ["search", "binary", "find", "sorted", "lookup"] { clues[word] = .task(.search) }
        for word in ["tokenizer", "tokenise", "tokenize", "split", "parser"] { clues[word] = .task(.words) }
        for language in CodeLanguage.allCases { clues[language.rawValue] = .language(language) }
        for word in ["js", "typescript", "ts", "node"] { clues[word] = .language(.javaScript) }
        clues["py"] = .language(.python)
        clues["golang"] = .language(.go)
        // Too common as a verb.
        clues["go"] = nil
        return clues
    }()

    /// The words at the question's beginning, ASCII letters in lower case.
    private static func words(of question: String) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        for byte in question.utf8.prefix(examinedBytes) {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): word.append(byte | 0x20)
            case UInt8(ascii: "a")...UInt8(ascii: "z"): word.append(byte)
            default:
                guard !word.isEmpty else { continue }
                words.append(String(decoding: word, as: UTF8.self))
                word.removeAll(keepingCapacity: true)
            }
        }
        if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
        return words
    }

    /// Up to ten words of the first line.
    private static func subject(of question: String) -> String {
        let start = question.utf8.prefix(120)
        let line = start.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).first ?? start
        let words = line.split(separator: UInt8(ascii: " ")).prefix(10)
        // The limit may fall into a character; the last word then goes.
        return words.compactMap { Substring($0) }.map { String($0) }.joined(separator: " ")
    }
}

/// A programming language that there are samples for.
enum CodeLanguage: String, Sendable, Hashable, CaseIterable {
    case swift
    case python
    case javaScript = "javascript"
    case go
    case rust
    case java

    var comment: String { self == .python ? "#" : "//" }
}
