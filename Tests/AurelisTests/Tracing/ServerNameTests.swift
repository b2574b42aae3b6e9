import Testing

@testable import Aurelis

@Suite("The server of an attempt's span")
struct ServerNameTests {
    @Test(
        "is host and port of the provider's address",
        arguments: [
            ("https://api.openai.com/v1", "api.openai.com", nil), ("http://127.0.0.1:8080/v1", "127.0.0.1", 8_080),
            ("https://[::1]:8080/v1", "::1", 8_080), ("https://[::1]", "::1", nil), ("http://host:1", "host", 1),
            ("http://host:/v1", "host", nil),
        ] as [(String, String, Int?)]
    )
    func parts(address: String, host: String, port: Int?) throws {
        let server = try #require(ServerName(address))
        #expect(server.host == host)
        #expect(server.port == port)
    }

    @Test(
        "is left out where there is none",
        arguments: ["", "host", "host:80", "https://", "http:///v1", "http://[::1"]
    )
    func none(address: String) { #expect(ServerName(address) == nil) }
}
