import Aurelis
import Testing

@Suite("Names of this machine")
struct LoopbackNameTests {
    @Test(
        "are known by their spelling, whatever the port",
        arguments: [
            "localhost", "LOCALHOST:8787", "app.localhost", "a.b.localhost:1", "127.0.0.1", "127.0.0.1:8787",
            "127.255.3.4:80", "[::1]", "[::1]:8787", "localhost:",
        ]
    )
    func local(_ name: String) {
        #expect(LoopbackName.isAuthority(name))
        #expect(LoopbackName.isOrigin("http://\(name)"))
        #expect(LoopbackName.isOrigin("HTTPS://\(name)"))
    }

    @Test(
        "are not those of others, however much they look like them",
        arguments: [
            "", "evil.example", "evil.example:8787", "127.0.0.1.evil.example", "localhost.evil.example", "notlocalhost",
            ".localhost", "localhost.", "128.0.0.1", "10.0.0.1", "127.0.0", "127.0.0.256", "127.0.0.1.1", "127.1",
            "0127.0.0.1", "0x7f.0.0.1", "127.0.0.1@evil.example", "localhost:80@evil.example", "localhost:80.evil",
            "[::1", "[::1]x", "[::2]", "[::1].evil.example", "::1", "[]", "127.0.0.1 ", "local\u{212A}host",
        ]
    )
    func foreign(_ name: String) {
        #expect(!LoopbackName.isAuthority(name))
        #expect(!LoopbackName.isOrigin("http://\(name)"))
    }

    @Test(
        "are no origin without a page's scheme before and nothing but a port behind",
        arguments: ["null", "", "localhost", "file://", "ftp://localhost", "http:localhost", "http://localhost/path"]
    )
    func origins(_ origin: String) { #expect(!LoopbackName.isOrigin(origin)) }
}
