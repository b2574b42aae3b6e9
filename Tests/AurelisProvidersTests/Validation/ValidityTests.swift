import Aurelis
import AurelisTransport
import Testing

@testable import AurelisProviders

@Suite("What a provider thinks of a credential")
struct ValidityTests {
    private static let list = #"{"object":"list","data":[]}"#

    private func check(
        times: Int = 1,
        _ respond: @escaping @Sendable (_ isAuthorized: Bool, _ number: Int) -> LoopbackServer.Step
    ) async throws -> (validities: [CredentialValidity], requests: [LoopbackServer.Request]) {
        nonisolated(unsafe) var result: ([CredentialValidity], [LoopbackServer.Request]) = ([], [])
        try await ProviderHarness.run(
            respond: { request, number in [respond(request.header("authorization") != nil, number)] },
            test: { harness in
                let credential = Credential(secret: Secret("sk-under-test"), origin: "the test")
                var validities: [CredentialValidity] = []
                for _ in 0..<times { validities.append(await harness.provider.validity(of: credential)) }
                result = (validities, harness.server.requests)
            }
        )
        return result
    }

    @Test("valid: the list of models is given to this credential, and to nobody without one; it is asked once")
    func valid() async throws {
        let (validities, requests) = try await check(times: 3) { isAuthorized, _ in
            isAuthorized ? .response(200, Self.list) : .response(401, #"{"error":{"message":"no key"}}"#)
        }
        #expect(validities == [.valid, .valid, .valid])
        #expect(requests.map(\.method) == ["GET", "GET"])
        #expect(requests[0].header("authorization") == "Bearer sk-under-test")
        #expect(requests[1].header("authorization") == nil)
    }

    @Test("unverifiable: a server that gives its list to anybody has not looked at the credential")
    func open() async throws {
        let (validities, _) = try await check { _, _ in .response(200, Self.list) }
        guard case .unverifiable(let reason) = validities[0] else { Issue.record("\(validities)"); return }
        #expect(reason.contains("to anybody"))
    }

    @Test("invalid: refused with 401; limited: known, but not allowed")
    func refused() async throws {
        let (invalid, _) = try await check { _, _ in .response(401, #"{"error":{"message":"Incorrect API key"}}"#) }
        #expect(invalid == [.invalid("Incorrect API key")])
        let (limited, _) = try await check { _, _ in .response(403, #"{"error":{"message":"missing scope"}}"#) }
        guard case .limited = limited[0] else { Issue.record("\(limited)"); return }
    }

    @Test("unverifiable: a provider in trouble, or none at all, has refused nobody", arguments: [500, 503, 429, 404])
    func trouble(status: Int) async throws {
        let (validities, _) = try await check { _, _ in .response(status, "{}") }
        guard case .unverifiable = validities[0] else { Issue.record("\(validities)"); return }
    }

    @Test("unverifiable: the network is down")
    func network() async throws {
        let (validities, _) = try await check { _, _ in .close }
        guard case .unverifiable = validities[0] else { Issue.record("\(validities)"); return }
    }

    @Test("what is known passes with time, and at once when the provider refuses the credential")
    func forgetting() {
        let time = ManualTime()
        let cache = ValidityCache(time: time)
        let secret = Secret("sk-under-test")
        #expect(cache.validity(of: secret) == nil)
        cache.note(.valid, of: secret)
        #expect(cache.validity(of: Secret("sk-under-test")) == .valid)
        #expect(cache.validity(of: Secret("another")) == nil)
        cache.note(.invalid("401"), of: secret)
        #expect(cache.validity(of: secret) == .invalid("401"))
        time.advance(by: .seconds(600))
        #expect(cache.validity(of: secret) == nil)
        cache.note(.unverifiable("x"), of: secret)
        time.advance(by: .seconds(10))
        #expect(cache.validity(of: secret) == nil)
        for number in 0..<100 { cache.note(.valid, of: Secret("secret-\(number)")) }
        #expect(cache.validity(of: Secret("secret-99")) == .valid)
    }
}
