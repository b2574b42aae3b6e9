internal import AurelisProviders

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Asks whoever sits at the terminal for the passphrase of the credential store, also when standard input is a pipe.
struct PassphrasePrompt: Sendable {
    let errors: TextOutput

    /// Below this many characters a new passphrase is told to be short.
    private static let comfortableLength = 12

    /// The prompt as the store asks it.
    var source: PassphraseSource {
        PassphraseSource { isNew throws(CredentialStoreError) in
            do {
                return try isNew ? choose() : ask("passphrase of the credential store: ")
            } catch {
                throw CredentialStoreError(passphrase: Self.words(error))
            }
        }
    }

    private func choose() throws -> Secret {
        let first = try ask("new passphrase for the credential store: ")
        guard try ask("the same again: ").isSame(as: first) else {
            throw CommandFailure(.usage, "the two are not the same")
        }
        if first.count < Self.comfortableLength {
            errors.note("a passphrase of less than \(Self.comfortableLength) characters can be guessed from the file\n")
        }
        return first
    }

    private func ask(_ question: String) throws -> Secret {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard terminal >= 0 else {
            throw CommandFailure(.usage, "there is no terminal to ask at: name a file in AURELIS_PASSPHRASE_FILE")
        }
        defer { close(terminal) }
        guard let passphrase = try HiddenInput.ask(question, on: terminal, errors: errors) else {
            throw CommandFailure(.usage, "it is empty")
        }
        return passphrase
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case let failure as CommandFailure: failure.message
        case is Interruption: "interrupted"
        default: "\(error)"
        }
    }
}
