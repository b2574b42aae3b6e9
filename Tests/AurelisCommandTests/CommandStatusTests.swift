import Aurelis
import Testing

@testable import AurelisCommand

@Suite("Exit status")
struct CommandStatusTests {
    @Test(
        "every category of failure ends with its documented status",
        arguments: [
            (.authentication, 4), (.permission, 4), (.rateLimit, 75), (.quota, 75), (.contextLength, 5),
            (.contentFilter, 6), (.security, 6), (.modelUnavailable, 5), (.retired, 5), (.timeout, 5),
            (.connection, 5), (.upstream, 5), (.overloaded, 5), (.cancelled, 130),
            (ModelError.Category(rawValue: "of_a_later_version"), 1),
        ] as [(ModelError.Category, Int32)]
    )
    func categories(category: ModelError.Category, status: Int32) {
        #expect(CommandStatus(ModelError(category, "no")).rawValue == status)
    }

    @Test("an audit log that cannot be written is this machine's failure, not a provider's")
    func audit() {
        #expect(CommandStatus(ModelError(.overloaded, "no", code: "audit_unavailable")) == .failure)
    }

    @Test("an invalid request is the caller's fault until a provider has judged it")
    func invalidRequest() {
        var error = ModelError(.invalidRequest, "no")
        #expect(CommandStatus(error) == .usage)
        error.status = 400
        #expect(CommandStatus(error) == .provider)
    }
}
