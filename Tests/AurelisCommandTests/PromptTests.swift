import Testing

@testable import AurelisCommand

@Suite("Prompt")
struct PromptTests {
    @Test("words, files and input follow each other after blank lines")
    func assembly() throws {
        #expect(try Prompt.assembled(words: ["why", "is", "it"], files: [], input: nil) == "why is it")
        #expect(try Prompt.assembled(words: [], files: [], input: "piped\n") == "piped")
        #expect(try Prompt.assembled(words: ["review"], files: [], input: "a\nb\n") == "review\n\na\nb")
        let one = try Prompt.assembled(words: ["review"], files: [.init("a.swift", "let a = 1\n")], input: "diff\n")
        #expect(one == "review\n\nlet a = 1\n\ndiff")
    }

    @Test("several files are each preceded by their name")
    func severalFiles() throws {
        let prompt = try Prompt.assembled(words: [], files: [.init("a", "1\n"), .init("b", "2\r\n")], input: nil)
        #expect(prompt == "--- a ---\n1\n\n--- b ---\n2")
    }

    @Test("indentation and blank lines inside a part are kept")
    func bytes() throws {
        let code = "  def f():\n\n\treturn 1  "
        #expect(try Prompt.assembled(words: ["x"], files: [], input: code + "\n\n") == "x\n\n" + code)
    }

    @Test("nothing to ask is wrong usage", arguments: [nil, "", "  \n\t\n"] as [String?])
    func nothing(input: String?) {
        #expect(throws: CommandFailure.self) { try Prompt.assembled(words: [""], files: [], input: input) }
        #expect(status { try Prompt.assembled(words: [], files: [], input: input) } == .usage)
    }

    @Test("a file that cannot be a prompt is named")
    func unreadable() throws {
        let failure = #expect(throws: CommandFailure.self) { try InputFile.text("/no/such/file") }
        #expect(failure?.status == .usage)
        #expect(failure?.message == "cannot read /no/such/file: No such file or directory")
        let directory = #expect(throws: CommandFailure.self) { try InputFile.text("/") }
        #expect(directory?.message == "cannot read /: Is a directory")
        let binary = #expect(throws: CommandFailure.self) { try InputFile.text("/proc/self/exe") }
        #expect(binary?.message.contains("/proc/self/exe") == true)
    }

    private func status(_ work: () throws -> String) -> CommandStatus? {
        do { _ = try work() } catch { return (error as? CommandFailure)?.status }
        return nil
    }
}
