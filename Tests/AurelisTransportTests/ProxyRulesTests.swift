import Testing

@testable import AurelisTransport

@Suite("Who is spoken to through a proxy")
struct ProxyRulesTests {
    private func proxy(_ url: String, _ environment: [String: String]) throws -> String? {
        try ProxyRules(environment: environment).proxy(for: HTTPOrigin(parsing: url))?.name
    }

    @Test("each scheme has its variable, lower case wins, and set to nothing means none")
    func variables() throws {
        let both = ["HTTPS_PROXY": "http://a:1", "https_proxy": "http://b:2", "http_proxy": "c"]
        #expect(try proxy("https://x.test", both) == "http://b:2")
        #expect(try proxy("http://x.test", both) == "http://c:3128")
        #expect(try proxy("https://x.test", ["HTTPS_PROXY": "a:80/"]) == "http://a:80")
        #expect(try proxy("https://x.test", ["HTTPS_PROXY": "http://a:1", "https_proxy": ""]) == nil)
        #expect(try proxy("https://x.test", ["HTTP_PROXY": "http://a:1"]) == nil)
        #expect(try proxy("https://x.test", ["https_proxy": "http://[::1]:1"]) == "http://[::1]:1")
    }

    @Test("this machine is never spoken to through a proxy, unless that is asked for")
    func loopback() throws {
        for host in ["localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "[::1]"] {
            #expect(try proxy("http://\(host):11434", ["http_proxy": "http://a:1"]) == nil)
        }
        var rules = try ProxyRules(environment: ["http_proxy": "http://a:1"])
        rules.includesLoopback = true
        #expect(try rules.proxy(for: HTTPOrigin(parsing: "http://localhost"))?.host == "a")
    }

    @Test(
        "NO_PROXY exempts names with what is below them, addresses, networks, ports, or everybody",
        arguments: [
            ("example.com", "https://example.com", true), ("example.com", "https://a.b.example.com", true),
            (".example.com", "https://example.com", true), (".example.com", "https://api.example.com", true),
            ("*.example.com", "https://api.example.com", true), ("EXAMPLE.com.", "https://Example.COM", true),
            ("example.com", "https://badexample.com", false), ("example.com", "https://example.com.evil.test", false),
            ("api.example.com", "https://example.com", false), ("a.test, example.com", "https://example.com", true),
            ("a.test example.com", "https://example.com", true), ("*", "https://example.com", true),
            ("10.0.0.0/8", "https://10.200.3.4", true), ("10.0.0.0/8", "https://11.0.0.1", false),
            ("192.168.1.128/25", "https://192.168.1.129", true), ("192.168.1.128/25", "https://192.168.1.127", false),
            ("0.0.0.0/0", "https://8.8.8.8", true), ("0.0.0.0/0", "https://example.com", false),
            ("fd00::/8", "https://[fd12::1]", true), ("[fd00::]/8", "https://[fe80::1]", false),
            ("10.1.2.3", "https://10.1.2.3", true), ("10.1.2.3", "https://10.1.2.4", false),
            ("[2001:db8::1]", "https://[2001:db8:0::1]", true),
            ("[2001:db8::1]:8443", "https://[2001:db8::1]:8443", true),
            ("[2001:db8::1]:8443", "https://[2001:db8::1]", false),
            ("example.com:8443", "https://example.com:8443", true), ("example.com:8443", "https://example.com", false),
            ("example.com:443", "https://example.com", true), ("10.0.0.0/33", "https://10.0.0.1", false),
            ("example.com:x", "https://example.com", false), (".", "https://example.com", false),
            ("", "https://a.test", false),
        ]
    )
    func exceptions(list: String, url: String, isExempt: Bool) throws {
        let environment = ["HTTPS_PROXY": "http://a:1", "NO_PROXY": list]
        #expect(try (proxy(url, environment) == nil) == isExempt)
    }

    @Test(
        "an address that is none of a proxy is refused without being repeated",
        arguments: [
            "https://a:1", "socks5://u:hunter2@a:1", "http://u:hunter2@", "http://u:hunter2@a b", "http://u:%zz@a",
            "http://a:99999",
        ]
    )
    func refused(address: String) throws {
        let error = #expect(throws: ProxyVariableError.self) { try proxy("https://x.test", ["https_proxy": address]) }
        #expect(error?.variable == "https_proxy")
        #expect(error.map { $0.message.contains("hunter2") } == false)
    }

    @Test("user and password are unescaped, and never printed")
    func credentials() throws {
        let server = try ProxyServer(parsing: "http://us%65r:p%40:ss@proxy.test:8080")
        #expect(server.credentials == ProxyCredentials(user: "user", password: "p@:ss"))
        #expect(server.credentials?.field == "Basic dXNlcjpwQDpzcw==")
        var dumped = ""
        dump(server, to: &dumped)
        for text in ["\(server)", String(reflecting: server), dumped] {
            #expect(!text.contains("p@:ss") && !text.contains("dXNlc"))
        }
    }
}
