package import Aurelis
import Synchronization

extension RedisCacheStore {
    private static let pageSize = 500
    /// Values that are in memory at the same time.
    private static let parallelReads = 8

    /// Looks through at most 100,000 keys, in no order, until `limit` answers are found; these come newest first. In a
    /// cluster only the configured node is looked at.
    package func facts(of selection: CacheSelection, limit: Int) async throws(CacheStoreError) -> [CacheFacts] {
        guard limit > 0 else { return [] }
        var found: [CacheKey: CacheFacts] = [:]
        let end = ContinuousClock.now + settings.sweepDeadline
        do {
            try await eachPage(of: selection.keyPrefix ?? "", until: end) { (keys) throws(RedisError) in
                for start in stride(from: 0, to: keys.count, by: Self.parallelReads) {
                    let group = keys[start..<min(start + Self.parallelReads, keys.count)]
                    for facts in try await self.facts(at: group, until: end) where selection.contains(facts) {
                        if found.count < limit { found[facts.key] = facts }
                    }
                    if found.count >= limit { return false }
                }
                return true
            }
        } catch {
            throw CacheStoreError(.redis, error.message)
        }
        return found.values.sorted { $0.created > $1.created }
    }

    /// The number of answers among at most 100,000 keys and the sum of their lengths (`STRLEN`): what Redis needs
    /// around them is not counted. In a cluster only the configured node is looked at.
    package func usage() async throws(CacheStoreError) -> CacheUsage {
        var seen = Set<[UInt8]>()
        var usage = CacheUsage(entries: 0, bytes: 0)
        let end = ContinuousClock.now + settings.sweepDeadline
        do {
            try await eachPage(of: "", until: end) { (keys) throws(RedisError) in
                let new = keys.filter { seen.insert($0).inserted }
                let commands = new.map { RedisCommand("STRLEN", key: RedisArgument($0)) }
                for reply in try await self.replies(to: commands, until: end) {
                    // A key that has just expired, or is no string, is no answer.
                    guard case .integer(let length) = reply, length > 0 else { continue }
                    usage.entries += 1
                    usage.bytes += Int(length)
                }
                return true
            }
        } catch {
            throw CacheStoreError(.redis, error.message)
        }
        return usage
    }

    /// Goes through the keys of answers, a page at a time, until the body has enough, there are no more, or the bound
    /// on their number is reached.
    func eachPage(
        of prefix: String,
        until end: ContinuousClock.Instant,
        _ body: ([[UInt8]]) async throws(RedisError) -> Bool
    ) async throws(RedisError) {
        let pattern = Self.glob(settings.answerPrefix + prefix) + "*"
        var cursor: UInt64 = 0
        var looked = 0
        // A server with many other keys has many empty pages: these are bounded by time.
        repeat {
            let page = try await client.scan(
                cursor: cursor,
                matching: pattern,
                count: Self.pageSize,
                deadline: min(settings.commandDeadline, end - .now)
            )
            cursor = page.cursor
            looked += page.keys.count
            guard try await body(page.keys) else { return }
        } while cursor != 0 && looked < settings.maximumScannedKeys
    }

    private func facts(at keys: ArraySlice<[UInt8]>, until end: ContinuousClock.Instant) async throws(RedisError)
        -> [CacheFacts]
    {
        let limit = RedisArgument(Int64(settings.maximumValueBytes))
        let commands = keys.map { RedisCommand("GETRANGE", key: RedisArgument($0), 0, limit) }
        let now = clock.millisecondsSinceEpoch
        return try await replies(to: commands, until: end).compactMap { reply in
            guard let sealed = reply?.bytes, !sealed.isEmpty, sealed.count <= settings.maximumValueBytes,
                let facts = factsOfSealed(sealed), facts.expiry(in: settings.lifetime) > now,
                !state.withLock({ $0.rules.cover(facts) })
            else { return nil }
            return facts
        }
    }

    /// The replies in the order of the commands; nil where the server refused one.
    private func replies(
        to commands: [RedisCommand],
        until end: ContinuousClock.Instant
    ) async throws(RedisError) -> [RESPValue?] {
        let deadline = min(settings.commandDeadline, end - .now)
        let results = await withTaskGroup { group in
            for (index, command) in commands.enumerated() {
                group.addTask { (index, await self.result(of: command, deadline: deadline)) }
            }
            var results = [Result<RESPValue, RedisError>?](repeating: nil, count: commands.count)
            for await (index, result) in group { results[index] = result }
            return results
        }
        var replies: [RESPValue?] = []
        for result in results {
            switch result {
            case .success(let reply): replies.append(reply)
            case .failure(let error) where error.code != .serverError: throw error
            case .failure, nil: replies.append(nil)
            }
        }
        return replies
    }

    private func result(of command: RedisCommand, deadline: Duration) async -> Result<RESPValue, RedisError> {
        do {
            return .success(try await client.send(command, deadline: deadline))
        } catch {
            return .failure(error)
        }
    }

    /// A pattern that matches the text and nothing else.
    private static func glob(_ text: String) -> String {
        text.reduce(into: "") { pattern, character in
            if "*?[]\\^-".contains(character) { pattern.append("\\") }
            pattern.append(character)
        }
    }
}
