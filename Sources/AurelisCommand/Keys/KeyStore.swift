internal import Aurelis
internal import AurelisApp
internal import AurelisStorage

/// The keys of a session's data directory; what goes wrong with them is told to a person.
struct KeyStore: Sendable {
    private let file: AccessKeyFile
    private let session: Session

    init(_ session: Session) {
        file = AccessKeyFile(directory: session.configuration.dataDirectory)
        self.session = session
    }

    /// What the session works by.
    var configuration: Configuration { session.configuration }

    /// Where they are.
    var path: String { file.path }

    /// All keys.
    func book() throws(CommandFailure) -> AccessKeyBook { try told { try file.read() } }

    /// The keys as a gateway would compare with them.
    var ring: AccessKeyRing { get throws(CommandFailure) { AccessKeyRing(try book()) } }

    /// Changes a key, and has that in the audit log.
    ///
    /// - Parameter action: what is done, such as `key_created`.
    func update<Value>(
        _ action: String,
        _ change: (inout AccessKeyBook, inout SystemRandomNumberGenerator) throws -> (AccessKey, Value)
    ) throws -> (AccessKey, Value) {
        let trail = try session.trail()
        defer { trail.close() }
        var random = SystemRandomNumberGenerator()
        let (key, value) = try told { try file.update { try change(&$0, &random) } }
        trail.changed(action, of: key.kind.rawValue, key: key.id)
        return (key, value)
    }

    /// The key that a person means: by its public name, by what they call it, or by its own text.
    func key(_ name: String) throws -> AccessKey {
        let name = try Self.name(in: name)
        guard let key = try book()[name] else {
            throw Self.failure(.unknown(name, try book().keys.map(\.id)))
        }
        return key
    }

    /// The public name in what a person typed, be it the key itself.
    static func name(in text: String) throws -> String {
        guard AccessKeyToken.kind(of: text) != nil else { return text }
        do { return try AccessKeyToken(parsing: text).id } catch {
            throw CommandFailure(.usage, "this cannot be a key: \(error)")
        }
    }

    private func told<Value>(_ body: () throws -> Value) throws(CommandFailure) -> Value {
        do { return try body() } catch let error as AccessKeyError {
            throw Self.failure(error)
        } catch let error as AccessKeyFileError {
            throw CommandFailure(.failure, "the keys cannot be used: \(error)")
        } catch {
            throw CommandFailure(.failure, "the keys cannot be changed: \(error)")
        }
    }

    private static func failure(_ error: AccessKeyError) -> CommandFailure {
        var failure = CommandFailure(.failure, "\(error)")
        switch error {
        case .nameTaken(let name): failure.hints = ["`aurelis keys rotate \(name)` gives it a new secret"]
        case .notUsable: failure.hints = ["`aurelis keys create NAME` makes another"]
        case .unknown(_, let others) where others.isEmpty: failure.hints = ["`aurelis keys create NAME` makes one"]
        default: break
        }
        return failure
    }
}
