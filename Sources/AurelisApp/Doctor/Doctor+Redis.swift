internal import Aurelis
internal import AurelisRedis
internal import NIOPosix

extension Doctor {
    /// Whether the shared cache answers, how fast, and whether it would throw the wrong things away.
    func redisFindings() async -> [DoctorFinding] {
        let name = "redis"
        guard let redis = configuration.cache.redis else {
            return [.init(name, .ok, "not configured: every process has its own cache")]
        }
        guard reach != .offline else { return [.init(name, .skipped, "offline")] }
        var connection: RedisConfiguration
        do { connection = try RedisConfiguration(url: redis.url) } catch {
            return [.init(name, .fail, error.message, advice: "correct cache.redis.url")]
        }
        connection.connectTimeout = patience
        let client = RedisClient(connection, eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
        let findings = await findings(client, at: "\(connection.endpoint)", within: redis.timeout)
        await client.shutdown()
        return findings
    }

    private func findings(
        _ client: RedisClient,
        at address: String,
        within lookup: Duration
    ) async -> [DoctorFinding] {
        let name = "redis"
        let latency: Duration
        do throws(RedisError) {
            try await client.ping(deadline: patience)
            // The first has connected; what a lookup takes shows the second.
            let start = ContinuousClock.now
            try await client.ping(deadline: patience)
            latency = .now - start
        } catch {
            return [.init(name, .fail, "\(address): \(error.message)", advice: Self.advice(error))]
        }
        let facts = await facts(client)
        let server = facts["valkey_version"].map { "Valkey \($0)" } ?? facts["redis_version"].map { "Redis \($0)" }
        let time = latency < .milliseconds(10) ? "\(latency.microseconds) µs" : latency.briefly
        var findings: [DoctorFinding] = [
            .init(name, .ok, "\(address): \(server ?? "a server of unknown make") answers in \(time)")
        ]
        if latency > lookup {
            let advice = "lookups would find nothing: bring it nearer, or raise cache.redis.timeout"
            findings[0] = .init(
                name,
                .warn,
                "\(address): it answers in \(time), and lookups have \(lookup.briefly)",
                advice: advice
            )
        }
        findings += policy(facts)
        return findings
    }

    /// What it does when its memory is full: keys without expiry are the invalidations, which must stay.
    private func policy(_ facts: [String: String]) -> [DoctorFinding] {
        let name = "redis"
        guard let policy = facts["maxmemory_policy"] else {
            return [.init(name, .ok, "what it does when its memory is full, it does not tell")]
        }
        let isBounded = (facts["maxmemory"].flatMap(Int64.init) ?? 0) > 0
        switch policy {
        case _ where policy.hasPrefix("volatile"): return [.init(name, .ok, "when its memory is full: \(policy)")]
        case "noeviction":
            guard isBounded else { return [.init(name, .ok, "its memory has no bound: noeviction")] }
            let advice = "CONFIG SET maxmemory-policy volatile-lru: answers then give way to newer ones"
            return [.init(name, .warn, "when its memory is full, it takes nothing more (noeviction)", advice: advice)]
        default:
            let advice = "CONFIG SET maxmemory-policy volatile-lru"
            return [
                .init(
                    name,
                    .warn,
                    "when its memory is full, it may forget invalidations too (\(policy))",
                    advice: advice
                )
            ]
        }
    }

    /// What it tells of itself; little or nothing where it is not allowed to.
    private func facts(_ client: RedisClient) async -> [String: String] {
        let reply = try? await client.send(RedisCommand("INFO"), deadline: patience)
        var facts: [String: String] = [:]
        for line in (reply?.string ?? "").split(whereSeparator: \.isNewline) {
            let pair = line.split(separator: ":", maxSplits: 1)
            if pair.count == 2 { facts[String(pair[0])] = String(pair[1]) }
        }
        return facts
    }

    private static func advice(_ error: RedisError) -> String {
        switch error.code {
        case .authenticationFailed: "correct user and password in cache.redis.url"
        case .tlsFailure: "use rediss:// only where it speaks TLS, with a certificate that is trusted"
        case .timeout: "it accepts and is silent, or a firewall drops it; requests go on without it"
        default: "start it, or correct cache.redis.url; requests go on without it"
        }
    }
}
