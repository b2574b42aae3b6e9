import AurelisJSON
import AurelisProviders
import AurelisTesting
import AurelisTransport
import Foundation
import Logging
import NIOPosix
import Testing

@testable import Aurelis
@testable import AurelisApp

@Suite("Alerts on their way")
struct AlertDeliveryTests {
    private static let sender = HealthAlert.Sender(instance: "test:1", version: "0")
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func transition(_ number: Int64 = 0) -> HealthTransition {
        HealthTransition(
            time: number,
            component: .models,
            from: .healthy,
            to: .unhealthy,
            since: 0,
            reason: "number \(number)",
            overall: .unhealthy,
            changes: []
        )
    }

    /// Lends an outbox for one target, whose retries go by a clock of the test's.
    private func withOutbox(
        _ target: Configuration.Alert.Target,
        timeout: Duration = .seconds(30),
        environment: [String: String] = [:],
        _ body: @escaping @Sendable (AlertOutbox, ManualTimeSource) async throws -> Void
    ) async throws {
        let client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
        let factory = AlertFactory(
            environment: environment,
            client: client,
            clock: .fixed(1_764_385_200),
            logger: Self.quiet
        )
        var configuration = Configuration()
        var alert = Configuration.Alert(target: target)
        alert.timeout = timeout
        configuration.alerts = [alert]
        let time = ManualTimeSource()
        let outbox = AlertOutbox(
            try factory.receivers(configuration)[0],
            time: time,
            random: FixedRandomSource(),
            logger: Self.quiet
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await outbox.run() }
            do { try await body(outbox, time) } catch {
                group.cancelAll()
                await client.shutdown()
                throw error
            }
            group.cancelAll()
        }
        await client.shutdown()
    }

    private static func tell(_ outbox: AlertOutbox, _ numbers: Int64...) {
        outbox.take(numbers.map(transition), HealthMonitor(time: 0).report, from: sender)
    }

    @Test("a webhook gets the alert as JSON, signed with the secret over the time and the very bytes")
    func webhook() async throws {
        try await HookServer.run { server async throws in
            let target = Configuration.Alert.Target.webhook(.literal(.init(server.url)), secret: .environment("HOOK"))
            try await withOutbox(target, environment: ["HOOK": "it is a secret\n"]) { outbox, _ async throws in
                Self.tell(outbox, 7)
                let request = try #require(await server.next())
                #expect(request.head.hasPrefix("POST /hooks/a?key=b HTTP/1.1\r\n"))
                #expect(request.field("content-type") == "application/json")
                #expect(request.field("aurelis-event") == "health.changed")
                let document = try JSONDocument(Array(request.body.utf8))
                #expect(document["reason"]?.string == "number 7" && document["instance"]?.string == "test:1")
                #expect(request.field("aurelis-alert-id") == document["id"]?.string)
                let due = Array("it is a secret".utf8).withUnsafeBytes {
                    AlertSignature.value(of: Array(request.body.utf8), at: 1_764_385_200, secret: $0)
                }
                #expect(request.field("aurelis-signature") == due)
            }
        }
    }

    @Test("one that fails is tried again with the same name, and those behind it wait their turn")
    func repeated() async throws {
        try await HookServer.run({ $0 == 0 ? .status(503) : $0 == 1 ? .close : .status(200) }) { server async throws in
            let target = Configuration.Alert.Target.webhook(.literal(.init(server.url)), secret: nil)
            try await withOutbox(target) { outbox, time async throws in
                Self.tell(outbox, 1, 2)
                for wait in [1, 5] {
                    _ = await server.next()
                    await time.sleepers(atLeast: 1)
                    time.advance(by: .seconds(wait) * 5 / 4)
                }
                _ = await server.next()
                _ = await server.next()
                let bodies = server.requests.map(\.body)
                #expect(bodies.count == 4 && Set(bodies[0...2]).count == 1 && bodies[3].contains("number 2"))
                #expect(server.requests[0].field("aurelis-signature") == nil)
            }
        }
    }

    @Test("one that is refused for good is not tried again", arguments: [404, 401, 302])
    func refused(status: Int) async throws {
        try await HookServer.run({ $0 == 0 ? .status(status) : .status(200) }) { server async throws in
            let target = Configuration.Alert.Target.webhook(.literal(.init(server.url)), secret: nil)
            try await withOutbox(target) { outbox, time async throws in
                Self.tell(outbox, 1, 2)
                _ = await server.next()
                let second = await server.next()
                #expect(second?.body.contains("number 2") == true && time.waits.isEmpty)
            }
        }
    }

    enum Trouble: String, CaseIterable, Sendable { case silent, endless, closed }

    @Test(
        "a server that says nothing, or is not there, costs its receiver five attempts, and nobody else anything",
        arguments: [Trouble.silent, .closed]
    )
    func hanging(trouble: Trouble) async throws {
        try await HookServer.run({ _ in .silence }) { server async throws in
            let url = trouble == .silent ? server.url : "http://127.0.0.1:1/"
            let target = Configuration.Alert.Target.webhook(.literal(.init(url)), secret: nil)
            try await withOutbox(target, timeout: .milliseconds(50)) { outbox, time async throws in
                Self.tell(outbox, 1)
                for _ in 0..<4 {
                    await time.sleepers(atLeast: 1)
                    time.advance(by: .seconds(200))
                }
                Self.tell(outbox, 2)
                // The first was given up, for the second waits for its second attempt.
                await time.sleepers(atLeast: 1)
                #expect(outbox.count == 1 && time.waits.count == 5)
                // A machine that is busy may not even connect within the timeout.
                #expect(trouble == .silent ? (1...6).contains(server.requests.count) : server.requests.isEmpty)
            }
        }
    }

    @Test("an answer that does not end is an answer: its status counts")
    func endless() async throws {
        try await HookServer.run({ _ in .endless }) { server async throws in
            let target = Configuration.Alert.Target.webhook(.literal(.init(server.url)), secret: nil)
            try await withOutbox(target) { outbox, time async throws in
                Self.tell(outbox, 1, 2)
                _ = await server.next()
                let second = await server.next()
                #expect(second?.body.contains("number 2") == true && time.waits.isEmpty)
            }
        }
    }

    @Test("of more than sixty-four that wait the older give way, but not the one that is on its way")
    func bounded() throws {
        let receiver = AlertReceiver(
            name: "log",
            way: .log(Self.quiet),
            timeout: .seconds(1),
            reminds: nil,
            environment: [:],
            clock: .fixed(0)
        )
        let outbox = AlertOutbox(receiver, time: ManualTimeSource(), logger: Self.quiet)
        for number in 0..<100 { Self.tell(outbox, Int64(number)) }
        #expect(outbox.count == 64 && outbox.dropped == 36)
    }

    @Test("what was not told when the process was asked to end is told by nobody, and ends nothing up")
    func cancellation() async throws {
        try await HookServer.run({ _ in .silence }) { server async throws in
            let target = Configuration.Alert.Target.webhook(.literal(.init(server.url)), secret: nil)
            // Returns: that is the test.
            try await withOutbox(target, timeout: .seconds(3_600)) { outbox, _ async throws in
                Self.tell(outbox, 1)
                _ = await server.next()
                #expect(outbox.count == 1)
            }
        }
    }

    @Test(
        "addresses that are none are refused, and told nowhere",
        arguments: ["ftp://x/", "https://u:p@x/", "nonsense", "https://x/#secret", "https://x/a b"]
    )
    func addresses(address: String) throws {
        let error = #expect(throws: TransportError.self) { try AlertWebhook(address: address, secret: nil) }
        #expect(error?.message.contains(address) == false)
    }
}
