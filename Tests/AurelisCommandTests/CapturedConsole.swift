@testable import AurelisCommand

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A console whose outputs are pipes, for what is small enough to fit into them.
struct CapturedConsole {
    let console: Console
    private let readers: (output: Int32?, errors: Int32)

    /// - Parameters:
    ///   - isRead: false when nobody reads the answer any more.
    ///   - isTerminal: whether the pipe of the answer passes for a terminal.
    ///   - showsErrors: whether that of everything else does.
    init(isRead: Bool = true, isTerminal: Bool = false, showsErrors: Bool = false) {
        let output = CapturedConsole.pipe()
        let errors = CapturedConsole.pipe()
        console = Console(
            output: TextOutput(descriptor: output.writer, color: false, isTerminal: isTerminal),
            errors: TextOutput(descriptor: errors.writer, color: false, isTerminal: showsErrors)
        )
        if !isRead { close(output.reader) }
        readers = (isRead ? output.reader : nil, errors.reader)
    }

    /// What was written to both; ends them.
    func finish() throws -> (output: String, errors: String) {
        close(console.output.descriptor)
        close(console.errors.descriptor)
        defer {
            if let output = readers.output { close(output) }
            close(readers.errors)
        }
        let output = try readers.output.map { try InputFile.text(of: $0, name: "output") }
        return (output ?? "", try InputFile.text(of: readers.errors, name: "errors"))
    }

    private static func pipe() -> (reader: Int32, writer: Int32) {
        var ends: [Int32] = [-1, -1]
        #if canImport(Darwin)
            _ = Darwin.pipe(&ends)
        #elseif canImport(Musl)
            _ = Musl.pipe(&ends)
        #else
            _ = Glibc.pipe(&ends)
        #endif
        return (ends[0], ends[1])
    }
}
