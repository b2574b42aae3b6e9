import Aurelis
import Testing

@Suite("Redirects")
struct RedirectTests {
    @Test(
        "a provider that sends elsewhere is told as such, and neither question nor key goes there",
        arguments: [301, 302, 307, 308]
    )
    func redirects(status: Int) async throws {
        let elsewhere = try await LoopbackServer.start { _, _ in [.response(200, "{}")] }
        let location = "Location: \(elsewhere.baseURL)/v1/chat/completions"
        try await ProviderHarness.run(respond: { _, _ in [.response(status, "", headers: [location])] }) { harness in
            let failure = await harness.failure()
            #expect(failure?.category == .upstream)
            #expect(harness.server.requests.count == 1)
        }
        #expect(elsewhere.requests.isEmpty)
        await elsewhere.stop()
    }
}
