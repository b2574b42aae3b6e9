import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import AurelisTransport

@Suite("Address cache", .timeLimit(.minutes(1)))
struct AddressCacheTests {
    private final class Names: Sendable {
        let lookups = Mutex<[String]>([])
        let isBroken = Mutex(false)

        var asked: [String] { lookups.withLock { $0 } }

        func lookUp(host: String, port: Int) throws -> ResolvedAddresses {
            lookups.withLock { $0.append(host) }
            if isBroken.withLock({ $0 }) { throw NameResolutionError(description: "broken") }
            return ResolvedAddresses(v4: [try SocketAddress(ipAddress: "127.0.0.1", port: port)])
        }
    }

    private let names = Names()
    private let loop = MultiThreadedEventLoopGroup.singleton.next()

    private func cache(lifetime: Duration = .seconds(300), capacity: Int = 10) -> AddressCache {
        AddressCache(lifetime: lifetime, capacity: capacity) { [names] in try names.lookUp(host: $0, port: $1) }
    }

    private func ask(_ cache: AddressCache, _ host: String) async throws -> [SocketAddress] {
        try await cache.addresses(host: host, port: 80, on: loop).get().v4
    }

    @Test("a name is looked up once in its lifetime, also when many ask at the same time")
    func remembers() async throws {
        let cache = cache()
        let futures = (0..<10).map { _ in cache.addresses(host: "a", port: 80, on: loop) }
        for future in futures { #expect(try await future.get().v4.first?.port == 80) }
        _ = try await ask(cache, "a")
        #expect(names.asked == ["a"])
    }

    @Test("an expired, forgotten or displaced name is looked up again")
    func forgets() async throws {
        let expiring = cache(lifetime: .zero)
        _ = try await ask(expiring, "a")
        _ = try await ask(expiring, "a")
        #expect(names.asked == ["a", "a"])

        let small = cache(capacity: 1)
        for host in ["b", "b", "c", "b"] { _ = try await ask(small, host) }
        #expect(names.asked == ["a", "a", "b", "c", "b"])
        small.forget(host: "b", port: 80)
        _ = try await ask(small, "b")
        #expect(names.asked.count == 6)
    }

    @Test("a failure is not remembered")
    func failures() async throws {
        let cache = cache()
        names.isBroken.withLock { $0 = true }
        await #expect(throws: NameResolutionError.self) { try await ask(cache, "a") }
        names.isBroken.withLock { $0 = false }
        #expect(try await ask(cache, "a").count == 1)
    }

    @Test("the system's resolver finds localhost and nothing below .invalid")
    func system() throws {
        let addresses = try ResolvedAddresses.lookUp(host: "localhost", port: 8080)
        #expect(addresses.v4.first?.ipAddress == "127.0.0.1" || addresses.v6.first?.ipAddress == "::1")
        #expect((addresses.v4 + addresses.v6).allSatisfy { $0.port == 8080 })
        #expect(throws: NameResolutionError.self) { try ResolvedAddresses.lookUp(host: "nowhere.invalid", port: 1) }
    }
}
