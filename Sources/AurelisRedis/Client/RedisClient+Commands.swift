extension RedisClient {
    /// The value of a key; nil when there is none.
    package func get(_ key: String, deadline: Duration? = nil) async throws(RedisError) -> [UInt8]? {
        let reply = try await send(RedisCommand("GET", key: RedisArgument(key)), deadline: deadline)
        return try Self.bytes(reply)
    }

    /// Stores a value. The expiry is rounded down to milliseconds, and is 1 ms at least.
    package func set(
        _ key: String,
        to value: [UInt8],
        expiringAfter expiry: Duration? = nil,
        deadline: Duration? = nil
    ) async throws(RedisError) {
        var arguments = [RedisArgument(key), RedisArgument(value)]
        if let expiry {
            let (seconds, attoseconds) = expiry.components
            // A thousand years and more is forever to a server, and an overflow to the arithmetic.
            let milliseconds = min(max(seconds, 0), 1 << 36) * 1_000 + max(attoseconds, 0) / 1_000_000_000_000_000
            arguments += ["PX", RedisArgument(max(milliseconds, 1))]
        }
        _ = try await send(RedisCommand("SET", arguments, key: arguments[0]), deadline: deadline)
    }

    /// Removes keys; how many there were.
    @discardableResult
    package func del(_ keys: [String], deadline: Duration? = nil) async throws(RedisError) -> Int {
        var removed = 0
        for (_, reply) in try await sendBySlot("DEL", keys, deadline: deadline) {
            removed += try Self.integer(reply)
        }
        return removed
    }

    /// The values of keys, in their order; nil where there is none.
    package func mget(_ keys: [String], deadline: Duration? = nil) async throws(RedisError) -> [[UInt8]?] {
        var values = [[UInt8]?](repeating: nil, count: keys.count)
        for (indices, reply) in try await sendBySlot("MGET", keys, deadline: deadline) {
            guard let elements = reply.elements, elements.count == indices.count else { throw .unexpected }
            for (index, element) in zip(indices, elements) { values[index] = try Self.bytes(element) }
        }
        return values
    }

    /// Sends a message to a channel; how many subscribers of the asked node received it.
    @discardableResult
    package func publish(
        _ payload: [UInt8],
        to channel: String,
        deadline: Duration? = nil
    ) async throws(RedisError) -> Int {
        let command = RedisCommand("PUBLISH", RedisArgument(channel), RedisArgument(payload))
        return try Self.integer(await send(command, deadline: deadline))
    }

    /// Asks whether the server is there.
    package func ping(deadline: Duration? = nil) async throws(RedisError) {
        guard try await send(RedisCommand("PING"), deadline: deadline).string == "PONG" else { throw .unexpected }
    }

    /// One step through the keys of the configured node; begin with cursor 0, go on until it is 0 again.
    ///
    /// A key may come more than once. `pattern` is a glob, `count` a hint of how many keys to look at.
    package func scan(
        cursor: UInt64 = 0,
        matching pattern: String? = nil,
        count: Int = 100,
        deadline: Duration? = nil
    ) async throws(RedisError) -> (cursor: UInt64, keys: [[UInt8]]) {
        var arguments = [RedisArgument(String(cursor)), "COUNT", RedisArgument(Int64(count))]
        if let pattern { arguments += ["MATCH", RedisArgument(pattern)] }
        let reply = try await send(RedisCommand("SCAN", arguments), deadline: deadline)
        guard let parts = reply.elements, parts.count == 2, let next = parts[0].string.flatMap(UInt64.init),
            let keys = parts[1].elements
        else { throw .unexpected }
        return (next, keys.compactMap(\.bytes))
    }
}

extension RedisClient {
    /// Sends a command about many keys: at once, or where a cluster wants that, slot by slot.
    private func sendBySlot(
        _ name: String,
        _ keys: [String],
        deadline: Duration?
    ) async throws(RedisError) -> [(indices: [Int], reply: RESPValue)] {
        guard !keys.isEmpty else { return [] }
        let patience = deadline ?? configuration.deadline
        let start = ContinuousClock.now
        let arguments = keys.map { RedisArgument($0) }
        do {
            let command = RedisCommand(name, arguments, key: arguments[0])
            return [(Array(keys.indices), try await send(command, deadline: patience))]
        } catch  where error.serverErrorKind == "CROSSSLOT" {
            let left = patience - (.now - start)
            let groups = Dictionary(grouping: keys.indices) { RedisKeySlot(key: arguments[$0].bytes) }
            return try await withTaskGroup { group in
                for indices in groups.values {
                    let command = RedisCommand(name, indices.map { arguments[$0] }, key: arguments[indices[0]])
                    group.addTask {
                        await Self.attempt { () throws(RedisError) in
                            (indices, try await self.send(command, deadline: left))
                        }
                    }
                }
                var results: [Result<([Int], RESPValue), RedisError>] = []
                for await result in group { results.append(result) }
                return results
            }.map { (result) throws(RedisError) in try result.get() }
        }
    }

    private static func attempt<Value>(
        _ body: () async throws(RedisError) -> Value
    ) async -> Result<Value, RedisError> {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }

    private static func bytes(_ reply: RESPValue) throws(RedisError) -> [UInt8]? {
        if case .null = reply { return nil }
        guard let bytes = reply.bytes else { throw .unexpected }
        return bytes
    }

    private static func integer(_ reply: RESPValue) throws(RedisError) -> Int {
        guard case .integer(let number) = reply else { throw .unexpected }
        return Int(number)
    }
}

extension RedisError {
    static var unexpected: RedisError {
        RedisError(.unexpectedReply, "The server's reply is of a type that the command never has.")
    }
}
