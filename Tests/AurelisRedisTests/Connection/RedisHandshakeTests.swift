import Testing

@testable import AurelisRedis

@Suite("Handshake")
struct RedisHandshakeTests {
    private func handshake(
        password: String? = nil,
        username: String? = nil,
        name: String = "",
        database: Int = 0
    ) -> RedisHandshake {
        var configuration = RedisConfiguration(endpoint: .unix(path: "/x"))
        configuration.password = password.map { RedisPassword($0) }
        configuration.username = username
        configuration.clientName = name
        configuration.database = database
        return RedisHandshake(configuration)
    }

    private func words(_ commands: [RedisCommand]) -> [[String]] {
        commands.map { $0.arguments.map { String(decoding: $0.bytes, as: UTF8.self) } }
    }

    private func sent(_ action: RedisHandshake.Action) -> [[String]]? {
        if case .send(let commands) = action { words(commands) } else { nil }
    }

    private func error(_ action: RedisHandshake.Action) -> RedisError? {
        if case .fail(let error) = action { error } else { nil }
    }

    private func isReady(_ action: RedisHandshake.Action) -> Bool {
        if case .ready = action { true } else { false }
    }

    @Test("RESP3 with credentials, name and database")
    func modern() {
        var handshake = handshake(password: "p", username: "u", name: "n", database: 2)
        #expect(words(handshake.start()) == [["HELLO", "3", "AUTH", "u", "p"]])
        #expect(sent(handshake.received(.map([]))) == [["CLIENT", "SETNAME", "n"], ["SELECT", "2"]])
        #expect(!isReady(handshake.received(.simple("OK"))))
        #expect(isReady(handshake.received(.simple("OK"))))
    }

    @Test("a server that knows no HELLO gets AUTH and stays with RESP2", arguments: [nil, "u"])
    func old(username: String?) {
        var handshake = handshake(password: "p", username: username)
        _ = handshake.start()
        let unknown = RESPErrorReply("ERR unknown command `HELLO`, with args beginning with: `3`, `AUTH`, `u`, `p`, ")
        #expect(sent(handshake.received(.error(unknown))) == [["AUTH"] + [username, "p"].compactMap(\.self)])
        #expect(isReady(handshake.received(.simple("OK"))))
    }

    @Test("without credentials, name and database HELLO is all")
    func minimal() {
        var handshake = handshake()
        #expect(words(handshake.start()) == [["HELLO", "3"]])
        #expect(isReady(handshake.received(.map([]))))
        #expect(error(handshake.received(.map([])))?.code == .protocolViolation)
    }

    @Test(
        "refused credentials fail, and no error repeats them",
        arguments: [
            "WRONGPASS invalid username-password pair: hunter2", "NOAUTH HELLO must be called", "NOPERM hunter2",
        ]
    )
    func refused(text: String) {
        var handshake = handshake(password: "hunter2")
        _ = handshake.start()
        let error = error(handshake.received(.error(RESPErrorReply(text))))
        #expect(error?.code == .authenticationFailed)
        #expect(error.map { "\($0) \($0.serverErrorKind ?? "")".contains("hunter2") } == false)
    }

    @Test("a refused name is no matter, a refused database is")
    func courtesies() {
        var handshake = handshake(name: "n", database: 99)
        _ = handshake.start()
        _ = handshake.received(.map([]))
        #expect(error(handshake.received(.error(RESPErrorReply("NOPERM")))) == nil)
        let refusal = handshake.received(.error(RESPErrorReply("ERR DB index is out of range")))
        #expect(error(refusal)?.code == .connectionFailed)
    }
}
