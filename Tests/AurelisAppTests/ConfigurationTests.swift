import Aurelis
import AurelisProviders
import AurelisTLS
import AurelisTesting
import AurelisTransport
import Foundation
import Logging
import Testing

@testable import AurelisApp

/// Decodes YAML text as if it were the only file.
private func decode(_ yaml: String) throws -> (configuration: Configuration, warnings: [String], log: SettingsLog) {
    let log = SettingsLog()
    var warnings: [String] = []
    let tree = try ConfigurationTree.parsing(yaml, file: "a.yaml")
    let configuration = try Configuration(decoding: tree, log: log, warnings: &warnings)
    return (configuration, warnings, log)
}

@Suite("Configuration: decoding")
struct ConfigurationDecodingTests {
    @Test("routing by strategy, aliases and equivalents is read")
    func routingRules() throws {
        let rules = try decode(
            """
            routing:
              strategy: cost
              aliases: { fast: gpt-4o-mini, smart: [gpt-4o, mistral-large] }
              equivalents: { large: [gpt-4o, mistral-large] }
              first_token_timeout: 5s
              stall_timeout: 20s
              resume_streams: false
              restart_streams: true
              concurrency: 3
            """
        ).configuration
        #expect(rules.orchestrator.strategy == .cost)
        #expect(rules.orchestrator.routing.aliases == ["fast": [.gpt4oMini], "smart": [.gpt4o, .mistralLarge]])
        #expect(rules.orchestrator.routing.equivalents == [[.gpt4o, .mistralLarge]])
        #expect(rules.orchestrator.firstTokenTimeout == .seconds(5))
        #expect(rules.orchestrator.stallTimeout == .seconds(20))
        #expect(!rules.orchestrator.resumesStreams)
        #expect(rules.orchestrator.restartsStreams)
        #expect(rules.concurrency == 3)
    }

    @Test("what is known of a model is read: name, capabilities, limits, price")
    func modelFacts() throws {
        let provider = try #require(
            decode(
                """
                providers:
                  - id: own
                    base_url: http://127.0.0.1:1/v1
                    plan: pro
                    prefill: { style: continue_final_message, answer: repeats }
                    models:
                      small: Small-1
                      large:
                        name: Large-2
                        capabilities: [streaming, tools]
                        input_tokens: 32000
                        output_tokens: 4000
                        price: { input: 0.15, output: 2 }
                """
            ).configuration.providers.first
        )
        #expect(provider.plan == "pro")
        #expect(provider.prefill == .init(style: .continueFinalMessage, answer: .repeats))
        #expect(provider.models["small"] == "Small-1")
        #expect(
            provider.models["large"]
                == ModelSettings(
                    wireName: "Large-2",
                    capabilities: [.streaming, .tools],
                    inputLimit: 32_000,
                    outputLimit: 4_000,
                    price: TokenPrice(input: 150_000, output: 2_000_000)
                )
        )
    }

    @Test(
        "a wrong fact is told with its place",
        arguments: [
            (
                "capabilities: [flying]",
                "providers[0].models.m.capabilities: \"flying\" is none of streaming, tools, vision, json_schema"
            ),
            (
                "price: { input: cheap, output: 1 }",
                "providers[0].models.m.price.input: must be dollars for a million tokens"
            ),
            ("price: { input: 1 }", "providers[0].models.m.price.output: must be dollars for a million tokens"),
            ("input_tokens: 0", "providers[0].models.m.input_tokens: must be 1 to 100000000"),
            ("window: 5", "providers[0].models.m.window: unknown setting"),
        ]
    )
    func wrongFacts(fact: String, expected: String) {
        let yaml = "providers: [{ id: own, base_url: \"http://127.0.0.1:1\", models: { m: { \(fact) } } }]"
        let error = #expect(throws: ConfigurationError.self) { try decode(yaml) }
        #expect(error?.description.contains(expected) == true)
    }

    @Test(
        "a key where a variable's name is expected is refused and not printed",
        arguments: ["sk-abc", "4711abc", "a b", "kéy", "sk.abc=", "$KEY"]
    )
    func keyAsName(key: String) throws {
        let yaml = "providers: [{ id: openai, api_key: { env: \"\(key)\" } }]"
        let inFile = #expect(throws: ConfigurationError.self) { try decode(yaml) }
        var overrides = ConfigurationOverrides()
        overrides.provider = "openai"
        overrides.apiKeyEnv = key
        let layer = overrides.layer()
        let atFlag = #expect(throws: ConfigurationError.self) {
            var warnings: [String] = []
            _ = try Configuration(decoding: layer, log: SettingsLog(), warnings: &warnings)
        }
        for error in [inFile, atFlag] {
            #expect(error?.description.contains(key) == false)
            #expect(error?.description.contains("must be the name of a variable") == true)
        }
        #expect(atFlag?.description.hasPrefix("--api-key-env: ") == true)
        #expect(throws: Never.self) { try decode("providers: [{ id: openai, api_key: { env: _My_KEY2 } }]") }
    }

    @Test("how long a batch's turn is can be said, within bounds")
    func batchTurn() throws {
        #expect(try decode("{}").configuration.batches.turn == .seconds(60))
        #expect(try decode("batches: { turn: 5m }").configuration.batches.turn == .seconds(300))
        for text in ["0s", "500ms", "25h"] {
            let error = #expect(throws: ConfigurationError.self) { try decode("batches: { turn: \(text) }") }
            #expect(error?.description.contains("batches.turn: must be 1s to 24h") == true, "\(text)")
        }
    }

    @Test("an alias cannot take the names by which Aurelis chooses", arguments: ["auto", "auto/testing"])
    func reservedAlias(name: String) {
        let error = #expect(throws: ConfigurationError.self) { try decode("routing: { aliases: { \(name): gpt-4o } }") }
        #expect(error?.description.contains("by which Aurelis is asked to choose") == true)
    }

    @Test("an empty file means the defaults")
    func defaults() throws {
        let configuration = try decode("").configuration
        #expect(configuration.gateway.listener.port == 8_787)
        #expect(configuration.admin.port == 8_788)
        #expect(configuration.orchestrator.routing == .standard)
        #expect(configuration.orchestrator.retry == .standard)
        #expect(configuration.transport.connectionsPerHost == 20)
        #expect(configuration.transport.tls.minimumVersion == .tls13)
    }

    @Test("every setting is read")
    func everything() throws {
        let configuration = try decode(
            """
            providers:
              - id: work
                preset: openai
                base_url: https://models.example/v1
                api_key: { env: WORK_KEY }
                models: { gpt-4o: deployment-7, llama-3.1-70b: llama }
                headers: { X-Team: a }
                time_limits: { connect: 2s, first_byte: 3s, between_bytes: 4s, total: 5s }
              - id: ollama
            routing:
              tasks: { code-review: [gpt-4o, my-model] }
              global_fallback: null
              replace_named_models: true
              request_timeout: 1m
              maximum_attempts: 3
            retry: { upstream: { retries: 1, base: 10ms, cap: 1s, jitter: true } }
            transport: { total_connections: 7, connections_per_host: 3, idle_timeout: 1s, tls: { minimum: "1.2" } }
            gateway: { host: "::1", port: 0, maximum_body: 5MB, maximum_connections: 9, drain_timeout: 0s, threads: 2 }
            admin: { port: 1, maximum_connections: 12 }
            data_dir: /var/lib/aurelis
            log: { level: debug }
            """
        ).configuration
        let work = try #require(configuration.providers.first)
        #expect(configuration.adminConnections == 12)
        #expect(work.preset == "openai")
        #expect(work.apiKey == .environment("WORK_KEY"))
        #expect(work.models[.gpt4o] == "deployment-7")
        #expect(work.models[.llama31x70B] == "llama")
        #expect(work.headers == ["X-Team": "a"])
        #expect(work.timeouts.firstByte == .seconds(3))
        #expect(configuration.providers.last?.preset == "ollama")
        #expect(configuration.orchestrator.routing[.codeReview] == [.gpt4o, "my-model"])
        #expect(configuration.orchestrator.routing.globalFallback == nil)
        #expect(configuration.orchestrator.replacesNamedModels)
        #expect(configuration.orchestrator.requestTimeout == .seconds(60))
        #expect(configuration.orchestrator.maximumAttempts == 3)
        #expect(configuration.orchestrator.retry.rules[.upstream]?.base == .milliseconds(10))
        #expect(configuration.orchestrator.retry.rules[.rateLimit] == RetryPolicy.standard.rules[.rateLimit])
        #expect(configuration.transport.totalConnections == 7)
        #expect(configuration.transport.tls.minimumVersion == .tls12)
        #expect(configuration.gateway.maximumBody == 5 << 20)
        #expect(configuration.gateway.listener.host == "::1")
        #expect(configuration.gateway.drainTimeout == .zero)
        #expect(configuration.dataDirectory == "/var/lib/aurelis")
        #expect(configuration.logLevel == .debug)
    }

    @Test(
        "what may be a secret in the wrong place is not repeated",
        arguments: [
            (
                "gateway: { port: vK9$mQ2z!pL7 }",
                "a.yaml:1:18: gateway.port: must be a whole number, not the 12 characters that stand there"
            ),
            (
                "gateway: { port: hunter2 }",
                "a.yaml:1:18: gateway.port: must be a whole number, not the 7 characters that stand there"
            ),
            (
                "gateway: vK9mQ2zpL7",
                "a.yaml:1:10: gateway: must be a map of settings, not the 10 characters that stand there"
            ),
            ("vK9mQ2zpL7xT: 1", "a.yaml:1:1: ?: unknown setting"),
            ("log: { level: pL7 }", "a.yaml:1:15: log.level: must be one of"),
            ("vK9mQ2zpL7: 1\nvK9mQ2zpL7: 2", "a.yaml:1:1: says the 10 characters that stand there twice"),
            ("providers: [{ id: sk-vK9mQ2zpL7xT4nB8wR }]", "a.yaml:1:19: providers[0].id: \"?\" is no preset"),
            (
                "alerts: [{ command: [vK9mQ2zpL7] }]",
                "a.yaml:1:21: alerts[0].command: the 10 characters that stand there must be"
            ),
        ]
    )
    func misplacedSecrets(yaml: String, expected: String) throws {
        let error = try #require(throws: ConfigurationError.self) { try decode(yaml) }
        #expect(error.description.hasPrefix(expected), "\(error)")
        #expect(!error.description.contains("pL7"), "\(error)")
        #expect(!error.description.contains("hunter"))
    }

    @Test(
        "what is wrong is told with place, path and a way out",
        arguments: [
            ("gateway:\n  prot: 1", "a.yaml:2:3: gateway.prot: unknown setting (did you mean \"port\"?)"),
            ("rooting: {}", "a.yaml:1:1: rooting: unknown setting (did you mean \"routing\"?)"),
            ("gateway: { port: high }", "a.yaml:1:18: gateway.port: must be a whole number, not \"high\""),
            ("gateway: { port: 70000 }", "a.yaml:1:18: gateway.port: must be 0 to 65535"),
            ("gateway: [1]", "a.yaml:1:10: gateway: must be a map of settings, not a list"),
            ("simulate: perhaps", "a.yaml:1:11: simulate: must be true or false, not \"perhaps\""),
            (
                "routing: { request_timeout: 30 }",
                "a.yaml:1:29: routing.request_timeout: must be a time such as 500ms, 30s, 2m or 1h, not \"30\""
            ),
            ("routing: { request_timeout: 0s }", "a.yaml:1:29: routing.request_timeout: must be longer than nothing"),
            (
                "gateway: { maximum_body: 1XB }",
                "a.yaml:1:26: gateway.maximum_body: must be a size such as 64KB or 20MB, not \"1XB\""
            ),
            (
                "routing: { tasks: { testing: { a: b } } }",
                "a.yaml:1:30: routing.tasks.testing: must be a list of names, not a map"
            ),
            ("routing: { tasks: { testing: [] } }", "a.yaml:1:30: routing.tasks.testing: must name at least one model"),
            ("providers: openai", "a.yaml:1:12: providers: must be a list, not \"openai\""),
            ("providers: [{ preset: openai }]", "providers[0].id: is missing; give the provider a name"),
            (
                "providers: [{ id: opnai }]",
                "a.yaml:1:19: providers[0].id: \"opnai\" is no preset, so it needs a base_url (did you mean \"openai\"?)"
            ),
            (
                "providers: [{ id: ollama }, { id: ollama }]",
                "a.yaml:1:12: providers: two providers are called \"ollama\""
            ),
            (
                "routing:\n  maximum_attempts:\n  strategy: cost",
                "a.yaml:2:20: routing.maximum_attempts: has no value (write a whole number, or remove the line)"
            ),
            (
                "routing: { concurrency: ~ }",
                "a.yaml:1:25: routing.concurrency: has no value (write a whole number, or remove the line)"
            ),
            (
                "- gateway\n- admin",
                "a.yaml:1:1: the file must be a map of settings, such as `gateway: { port: 8787 }`"
            ), ("openai", "a.yaml:1:1: the file must be a map of settings, such as `gateway: { port: 8787 }`"),
            (
                "gateway: { port: 9000 }\nadmin: { port: 9000 }",
                "a.yaml:2:16: admin.port: both the gateway and the control plane would listen on port 9000 (give one of them another, with --port or --admin-port for example)"
            ),
            (
                "gateway: { port: 8788, host: localhost }",
                "admin.port: both the gateway and the control plane would listen on port 8788 (give one of them another, with --port or --admin-port for example)"
            ),
            (
                "log: { level: loud }",
                "a.yaml:1:15: log.level: must be one of trace, debug, info, notice, warning, error, critical, not \"loud\""
            ),
            ("a: 1\na: 2", "a.yaml:1:1: says \"a\" twice (keep one of them)"),
            ("gateway:\n\tport: 1", "a.yaml:2:1: is no YAML: found character that cannot start any token"),
        ]
    )
    func errors(yaml: String, expected: String) {
        let error = #expect(throws: ConfigurationError.self) { try decode(yaml) }
        #expect(error?.description == expected)
    }

    @Test(
        "one port may serve two servers when it is any free one, or at two addresses",
        arguments: [
            "gateway: { port: 0 }\nadmin: { port: 0 }",
            "gateway: { port: 9000, host: 127.0.0.1 }\nadmin: { port: 9000, host: 127.0.0.2 }",
        ]
    )
    func twoServers(yaml: String) {
        #expect(throws: Never.self) { try decode(yaml) }
    }

    @Test("a section or a list in which everything is commented out is empty")
    func emptySections() {
        #expect(throws: Never.self) { try decode("routing:\ngateway:\nproviders:\n") }
    }

    @Test("an unknown task is told with all tasks")
    func unknownTask() {
        let error = #expect(throws: ConfigurationError.self) { try decode("routing: { tasks: { poetry: [m] } }") }
        #expect(error?.message.contains("codeGeneration") == true)
        #expect(error?.path == "routing.tasks.poetry")
    }

    @Test(
        "an address that others can reach requires keys, and cannot be told not to",
        arguments: ["0.0.0.0", "10.0.0.1", "::", "example.org"]
    )
    func otherAddresses(host: String) throws {
        #expect(try decode("gateway: { host: \"\(host)\" }").configuration.gateway.keys == .required)
        let error = #expect(throws: ConfigurationError.self) {
            try decode("gateway: { host: \"\(host)\", keys: optional }")
        }
        #expect(error?.path == "gateway.keys")
    }

    @Test("on loopback keys are optional until somebody requires them")
    func keys() throws {
        #expect(try decode("gateway: { host: \"::1\" }").configuration.gateway.keys == .optional)
        #expect(try decode("gateway: { keys: required }").configuration.gateway.keys == .required)
    }

    @Test("who lets other machines ask models does not thereby let them steer")
    func hostOfAdmin() throws {
        var overrides = ConfigurationOverrides()
        overrides.host = "0.0.0.0"
        overrides.simulate = true
        func load(_ overrides: ConfigurationOverrides) throws -> Configuration {
            try withTemporaryDirectory { directory in
                try ConfigurationLoader.load(
                    overrides,
                    environment: [:],
                    workingDirectory: directory.path,
                    homeDirectory: directory.path
                ).configuration
            }
        }
        #expect(try load(overrides).admin.host == "127.0.0.1")
        #expect(try load(overrides).gateway.listener.host == "0.0.0.0")
        overrides.host = "::1"
        #expect(try load(overrides).admin.host == "::1")
    }

    @Test("a literal key works, with a warning, and is shown nowhere")
    func literalKey() throws {
        let (configuration, warnings, log) = try decode("providers: [{ id: openai, api_key: sk-verysecret }]")
        guard case .literal = configuration.providers.first?.apiKey else {
            Issue.record("the literal was not read")
            return
        }
        #expect(warnings.count == 1)
        #expect(!warnings.joined().contains("verysecret"))
        #expect(!log.entries.rendered().contains("verysecret"))
        #expect(!"\(configuration)".contains("verysecret"))
    }

    @Test("aliases that repeat each other are refused, not unfolded")
    func aliasBomb() {
        var yaml = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
        for level in 1...9 {
            let reference = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",")
            yaml += "a\(level): &a\(level) [\(reference)]\n"
        }
        #expect(throws: ConfigurationError.self) { try decode(yaml) }
    }

    @Test("no text makes the decoder do anything but decode or refuse", arguments: 0..<200 as Range<UInt64>)
    func fuzz(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let pieces = [
            "providers:", "- id: openai\n", "  ", "\n", "gateway:", "{", "}", "[", "]", ": ", "port", "8787", "\"", "'",
            "&a", "*a",
            "|", ">", "#", "\t", "~", "\u{0}", "é", "---\n", "routing: {tasks: {", "!!int", "? ", ", ", "<<",
        ]
        var text = ""
        for _ in 0..<Int.random(in: 1..<30, using: &random) { text += pieces.randomElement(using: &random) ?? "" }
        do { _ = try decode(text) } catch { #expect(error is ConfigurationError) }
    }
}

@Suite("Configuration: layers")
struct ConfigurationLayerTests {
    private func load(
        _ overrides: ConfigurationOverrides = ConfigurationOverrides(),
        environment: [String: String] = [:],
        project: String? = nil,
        user: String? = nil
    ) throws -> LoadedConfiguration {
        try withTemporaryDirectory { directory in
            try directory.write(project, to: "work/aurelis.yaml")
            try directory.write(user, to: "home/.config/aurelis/aurelis.yaml")
            return try ConfigurationLoader.load(
                overrides,
                environment: environment,
                workingDirectory: directory.path + "/work",
                homeDirectory: directory.path + "/home"
            )
        }
    }

    @Test("flags win over the environment, that over the project's file, that over the user's")
    func precedence() throws {
        let user =
            "simulate: true\ngateway: { port: 1, maximum_connections: 11 }\nadmin: { port: 1 }\nrouting: { maximum_attempts: 1 }"
        let project = "gateway: { port: 2 }\nadmin: { port: 2 }\nrouting: { maximum_attempts: 2 }"
        var overrides = ConfigurationOverrides()
        overrides.port = 4
        let loaded = try load(
            overrides,
            environment: ["AURELIS_PORT": "3", "AURELIS_ADMIN_PORT": "3"],
            project: project,
            user: user
        )
        #expect(loaded.configuration.gateway.listener.port == 4)
        #expect(loaded.configuration.admin.port == 3)
        #expect(loaded.configuration.orchestrator.maximumAttempts == 2)
        #expect(loaded.configuration.gateway.maximumConnections == 11)
        #expect(loaded.sources.count == 2)
        #expect(loaded.rendered().contains("# --port"))
        #expect(loaded.rendered().contains("# $AURELIS_ADMIN_PORT"))
    }

    @Test("a variable that is set to nothing is not set")
    func emptyVariables() throws {
        let names = [
            "CONFIG", "DATA_DIR", "PROVIDER", "BASE_URL", "API_KEY_ENV", "HOST", "PORT", "TIER", "FAULTS", "CACHE",
        ]
        let empty = Dictionary(uniqueKeysWithValues: names.map { ("AURELIS_\($0)", "") })
        let loaded = try load(environment: empty, project: "simulate: true")
        #expect(loaded.configuration.dataDirectory.hasSuffix("/home/.local/share/aurelis"))
        #expect(loaded.configuration.providers.isEmpty && loaded.configuration.simulates)
        #expect(loaded.configuration.gateway.listener == Configuration().gateway.listener)
        #expect(loaded.sources.count == 1 && loaded.warnings.isEmpty)
    }

    @Test("a provider on the command line replaces those of the files, and a simulator they ask for")
    func providerFlag() throws {
        var overrides = ConfigurationOverrides()
        overrides.baseURL = "http://127.0.0.1:9/v1"
        overrides.apiKeyEnv = "KEY"
        let loaded = try load(overrides, project: "simulate: true\nproviders: [{ id: openai }]")
        #expect(loaded.configuration.providers.map(\.id) == ["custom"])
        #expect(loaded.configuration.providers.first?.apiKey == .environment("KEY"))
        #expect(!loaded.configuration.simulates)
    }

    @Test("nobody to ask is an error that names the ways out")
    func nothingConfigured() {
        let error = #expect(throws: ConfigurationError.self) { try load() }
        for way in ["--simulate", "--base-url", "--provider", "aurelis config init"] {
            #expect(error?.description.contains(way) == true)
        }
    }

    @Test("a file that was asked for must be there")
    func missingFile() {
        var overrides = ConfigurationOverrides()
        overrides.configFile = "/nonexistent/aurelis.yaml"
        let error = #expect(throws: ConfigurationError.self) { try load(overrides) }
        #expect(error?.description.contains("/nonexistent/aurelis.yaml") == true)
    }

    @Test("a wrong number in a variable is told with the variable's name")
    func wrongVariable() {
        let error = #expect(throws: ConfigurationError.self) {
            try load(environment: ["AURELIS_PORT": "many", "AURELIS_SIMULATE": "1"])
        }
        #expect(error?.description == "$AURELIS_PORT: gateway.port: must be a whole number, not \"many\"")
    }

    @Test("a mistyped variable is a warning")
    func unknownVariable() throws {
        let loaded = try load(environment: ["AURELIS_PROT": "1", "AURELIS_SIMULATE": "1"])
        #expect(loaded.warnings == ["$AURELIS_PROT means nothing to Aurelis; did you mean $AURELIS_PORT?"])
        let error = #expect(throws: ConfigurationError.self) { try load(environment: ["AURELIS_PROVDER": "openai"]) }
        #expect(error?.message.contains("did you mean $AURELIS_PROVIDER?") == true)
    }

    @Test("a file that is a link to nowhere is an error, not the absence of a file")
    func danglingLink() throws {
        try withTemporaryDirectory { directory in
            try directory.write("simulate: true", to: "work/real.yaml")
            let link = directory.path + "/work/aurelis.yaml"
            func load() throws -> LoadedConfiguration {
                try ConfigurationLoader.load(
                    ConfigurationOverrides(),
                    environment: ["AURELIS_SIMULATE": "1"],
                    workingDirectory: directory.path + "/work",
                    homeDirectory: directory.path
                )
            }
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "real.yaml")
            #expect(try load().sources == [link])
            try FileManager.default.removeItem(atPath: directory.path + "/work/real.yaml")
            let error = #expect(throws: ConfigurationError.self) { try load() }
            #expect(error?.description == "\(link) is a link to real.yaml, which is not there")
        }
    }

    @Test("what is shown can be read again and means the same")
    func roundTrip() throws {
        let project = """
            providers:
              - id: work
                preset: openai
                api_key: { env: WORK_KEY }
                models: { llama-3.1-70b: "a b" }
              - id: ollama
            routing: { tasks: { testing: [gpt-4o] } }
            gateway: { port: 5 }
            """
        let first = try load(project: project)
        var second = try load(project: first.rendered()).configuration
        // What is shown says everything, also what was left out.
        #expect(second.settings.map(\.path) == first.configuration.settings.map(\.path))
        second.settings = first.configuration.settings
        #expect(first.configuration == second)
    }
}
