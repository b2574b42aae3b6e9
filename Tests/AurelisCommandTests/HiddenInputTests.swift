import AurelisProviders
import Dispatch
import Testing

@testable import AurelisCommand

#if os(Linux)
    import Glibc

    @Suite("Secrets that are typed or piped in")
    struct HiddenInputTests {
        /// Both ends of a terminal.
        private final class Terminal: Sendable {
            let person: Int32
            let program: Int32

            init() {
                // What `posix_openpt`, `unlockpt` and `ptsname` do, which the module of the C library does not show.
                person = open("/dev/ptmx", O_RDWR | O_NOCTTY)
                var (lock, number): (Int32, UInt32) = (0, 0)
                _ = ioctl(person, 0x4004_5431, &lock)  // TIOCSPTLCK
                _ = ioctl(person, 0x8004_5430, &number)  // TIOCGPTN
                program = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
            }

            deinit {
                close(person)
                close(program)
            }

            var showsTyping: Bool {
                var state = termios()
                tcgetattr(program, &state)
                return state.c_lflag & tcflag_t(ECHO) != 0
            }

            func type(_ text: String) {
                let bytes = Array(text.utf8)
                _ = write(person, bytes, bytes.count)
            }

            /// What the person sees, up to some words.
            func seen(until words: String) -> String {
                var text = ""
                var bytes = [UInt8](repeating: 0, count: 256)
                // A terminal ends its lines with two characters, which are one to a string.
                while !text.utf8.reversed().starts(with: words.utf8.reversed()) {
                    let count = read(person, &bytes, bytes.count)
                    guard count > 0 else { break }
                    text += String(decoding: bytes[..<count], as: UTF8.self)
                }
                return text
            }
        }

        /// Asks on a terminal whose person types as soon as the question is there.
        private func ask(_ typed: String, on terminal: Terminal) async -> (Result<String?, any Error>, seen: String) {
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    let seen = DispatchQueue(label: "person")
                    nonisolated(unsafe) var text = ""
                    seen.async {
                        text = terminal.seen(until: "key: ")
                        terminal.type(typed)
                        text += terminal.seen(until: "\n")
                    }
                    let errors = TextOutput(descriptor: terminal.program, color: false)
                    let result = Result {
                        try HiddenInput.ask("key: ", on: terminal.program, errors: errors)?.withText { $0 }
                    }
                    seen.sync {}
                    continuation.resume(returning: (result, text))
                }
            }
        }

        static let lines: [(String, String?)] = [
            ("sk-secret\n", "sk-secret"), ("sk-secret\r", "sk-secret"), ("  sk-secret \n", "sk-secret"),
            ("sk-secrex\u{7F}t\n", "sk-secret"), ("wrong\u{15}sk-secret\n", "sk-secret"), ("\u{7F}\n", nil),
            ("\n", nil),
            ("\u{4}", nil), ("sk-secret\u{4}", "sk-secret"),
        ]

        @Test("what is typed is taken and not shown; the terminal is as it was afterwards", arguments: lines)
        func typed(line: String, expected: String?) async throws {
            let terminal = Terminal()
            #expect(terminal.showsTyping)
            let (result, seen) = await ask(line, on: terminal)
            #expect(try result.get() == expected)
            #expect(seen.replacing("\r\n", with: "\n") == "key: \n")
            #expect(terminal.showsTyping)
        }

        @Test("Ctrl-C interrupts, and gives the terminal back as it was")
        func interrupted() async {
            let terminal = Terminal()
            let (result, _) = await ask("half\u{3}", on: terminal)
            #expect(throws: Interruption(status: .interrupted)) { try result.get() }
            #expect(terminal.showsTyping)
        }

        @Test("what is not a terminal cannot be asked at")
        func noTerminal() {
            let errors = TextOutput(descriptor: 2, color: false)
            #expect(throws: CommandFailure.self) {
                try HiddenInput.ask("", on: open("/dev/null", O_RDWR), errors: errors)
            }
        }

        static let pipes: [(String, String?)] = [
            ("sk-secret", "sk-secret"), ("sk-secret\nmore\n", "sk-secret"), (" sk-secret \r\n", "sk-secret"), ("", nil),
            ("\n", nil),
        ]

        @Test("of what is piped in the first line counts", arguments: pipes)
        func piped(text: String, expected: String?) throws {
            #expect(try credential(in: text)?.withText { $0 } == expected)
        }

        @Test("more than a credential can be is refused")
        func tooLong() {
            #expect(throws: CommandFailure.self) { try credential(in: String(repeating: "x", count: 20_000)) }
        }

        private func credential(in text: String) throws -> Secret? {
            var ends: [Int32] = [-1, -1]
            _ = pipe(&ends)
            let bytes = Array(text.utf8)
            _ = write(ends[1], bytes, bytes.count)
            close(ends[1])
            defer { close(ends[0]) }
            return try HiddenInput.piped(from: ends[0])
        }
    }
#endif
