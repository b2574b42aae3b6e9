import Aurelis
import AurelisServing
import AurelisStorage
import Logging
import Testing

@testable import AurelisApp

@Suite("Connections and descriptors")
struct ConnectionLimitTests {
    @Test(
        "whatever connections take, descriptors are left for files and providers",
        arguments: [512, 1_024, 2_048, 4_096, 10_000, 65_536]
    )
    func reserve(openFiles: Int) {
        let configuration = Configuration()
        let limits = ConnectionLimits(configuration, openFiles: openFiles, cores: 4)
        let taken = ConnectionCount.ceiling(of: limits.gateway) + ConnectionCount.ceiling(of: limits.admin)
        let files = limits.uploads + limits.downloads
        #expect(openFiles - taken - files >= ConnectionLimits.reserve(of: configuration, cores: 4))
        #expect(limits.uploads >= 8 && limits.downloads >= 16 && files <= openFiles / 20)
        #expect(limits.uploads <= FileLimits().uploads && limits.downloads <= FileLimits().downloads)
        #expect(limits.gateway >= 100 && limits.admin >= 16)
        #expect(limits.gateway <= 10_000 && limits.admin <= 256)
    }

    @Test("what is needed for all that is configured is enough for it, and one less is not")
    func needed() {
        var configuration = Configuration()
        for gateway in [1, 100, 1_000, 10_000] {
            configuration.gateway.maximumConnections = gateway
            let needed = ConnectionLimits.needed(by: configuration)
            let limits = ConnectionLimits(configuration, openFiles: needed)
            #expect(limits.gateway == gateway && limits.admin == 256)
            let fewer = ConnectionLimits(configuration, openFiles: needed - 64)
            #expect(fewer.gateway < gateway || fewer.admin < 256)
        }
    }

    @Test("where nobody knows how many there may be, the configuration holds")
    func unknown() {
        let limits = ConnectionLimits(Configuration(), openFiles: nil)
        #expect(limits.gateway == 10_000 && limits.admin == 256)
    }

    @Test("fewer connections than configured are told of, and counted as what there may be")
    func told() async throws {
        let lines = Lines()
        let logger = Logger(label: "test") { _ in lines.handler }
        var overrides = ConfigurationOverrides()
        overrides.simulate = true
        try await RunningApp.run(overrides, openFiles: 1_024, logger: logger) { app async throws in
            let told = /gateway.maximum_connections is (\d+) instead of 10000, admin.\w+ is (\d+) instead of 256/
            let (_, gateway, admin) = try #require(lines.text.firstMatch(of: told)).output
            #expect(try #require(Int(gateway)) + #require(Int(admin)) < 1_024)
            let page = try await app.send("GET", "/metrics", to: app.addresses.admin).body
            #expect(page.contains("aurelis_gateway_connections_limit \(gateway)\n"))
        }
    }
}
