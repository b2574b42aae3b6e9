/// What is said on a new connection before the first command: protocol version, credentials, name, database.
///
/// `HELLO 3` first; a server that does not know it gets `AUTH` and stays with RESP2.
struct RedisHandshake: Sendable {
    /// What is to be done next.
    enum Action {
        case wait
        case send([RedisCommand])
        case ready
        case fail(RedisError)
    }

    private enum Step { case hello, auth, name, select }

    private let username: String?
    private let password: RedisPassword?
    private let name: String
    private let database: Int
    private var awaited: [Step] = []

    init(_ configuration: RedisConfiguration) {
        username = configuration.username
        password = configuration.password
        name = configuration.clientName
        database = configuration.database
    }

    mutating func start() -> [RedisCommand] {
        awaited = [.hello]
        guard let password else { return [RedisCommand("HELLO", 3)] }
        let user = RedisArgument(username ?? "default")
        return [RedisCommand("HELLO", 3, "AUTH", user, RedisArgument(password.text))]
    }

    mutating func received(_ reply: RESPValue) -> Action {
        guard !awaited.isEmpty else {
            return .fail(RedisError(.protocolViolation, "The server replied to nothing."))
        }
        let step = awaited.removeFirst()
        // Only the kind of an error is kept: old servers repeat the arguments of a HELLO they do not know.
        var refusal: String?
        if case .error(let error) = reply { refusal = error.kind }
        switch (step, refusal) {
        case (.hello, nil):
            return proceed(authenticating: false)
        case (.hello, "ERR"?), (.hello, "NOPROTO"?), (.hello, "unknown"?):
            return proceed(authenticating: password != nil)
        case (.hello, let kind?), (.auth, let kind?):
            return .fail(Self.refusedCredentials(kind))
        case (.select, let kind?):
            if kind.hasPrefix("NOAUTH") { return .fail(Self.refusedCredentials(kind)) }
            let message = "The server refused database \(database)."
            return .fail(RedisError(.connectionFailed, message, serverErrorKind: String(kind.prefix(40))))
        case (.name, _), (.auth, nil), (.select, nil):
            // A name is a courtesy; an ACL user may not be allowed to give one.
            return awaited.isEmpty ? .ready : .wait
        }
    }

    private mutating func proceed(authenticating: Bool) -> Action {
        var commands: [RedisCommand] = []
        if authenticating, let password {
            awaited.append(.auth)
            let user = username.map { [RedisArgument($0)] } ?? []
            commands.append(RedisCommand("AUTH", user + [RedisArgument(password.text)]))
        }
        if !name.isEmpty {
            awaited.append(.name)
            commands.append(RedisCommand("CLIENT", "SETNAME", RedisArgument(name)))
        }
        if database != 0 {
            awaited.append(.select)
            commands.append(RedisCommand("SELECT", RedisArgument(Int64(database))))
        }
        return commands.isEmpty ? .ready : .send(commands)
    }

    private static func refusedCredentials(_ kind: String) -> RedisError {
        let message = "The server refused the credentials, or wants some."
        return RedisError(.authenticationFailed, message, serverErrorKind: String(kind.prefix(40)))
    }
}
