import Aurelis
import AurelisApp
import Foundation
import Testing

@Suite("Configuration: the cache")
struct CacheConfigurationTests {
    private func cache(_ yaml: String) throws -> Configuration.Cache {
        try withTemporaryDirectory { directory in
            try directory.write("simulate: true\n" + yaml, to: "aurelis.yaml")
            return try ConfigurationLoader.load(
                ConfigurationOverrides(),
                environment: [:],
                workingDirectory: directory.path,
                homeDirectory: directory.path
            ).configuration.cache
        }
    }

    @Test("without a word: use, five minutes in memory, an hour in Redis, a day on the disk, nothing stale")
    func defaults() throws {
        let cache = try cache("")
        #expect(cache.rules.policy == .use)
        #expect(cache.rules.memoryEntries == 1_000 && cache.rules.memoryBytes == 50 << 20)
        #expect(
            cache.rules.layers == [.memory: .seconds(300), .redis: .seconds(3_600), .database: .seconds(86_400)]
        )
        #expect(cache.rules.tasks[.codeGeneration]?.lifetime == .seconds(1_800))
        #expect(cache.rules.tasks[.explanation]?.lifetime == .seconds(7_200))
        #expect(cache.rules.staleLimit == .zero)
        #expect(cache.redis == nil && cache.usesDatabase && !cache.encrypts)
    }

    @Test("every setting is read")
    func everything() throws {
        let cache = try cache(
            """
            cache:
              policy: always
              ttl: 2h
              memory: { entries: 10, size: 1MB, ttl: 1m }
              redis: { url: "redis://:secret@127.0.0.1:6390/2", prefix: team, timeout: 3ms, ttl: 30m }
              database: { entries: 50, size: 2MB, ttl: 10h }
              tasks: { code-review: { ttl: 5m, policy: off } }
              models: { gpt-4o: { policy: refresh } }
              events: { style_guide_2: [codeReview, testing] }
              stale_if_exhausted: 48h
              maximum_answer: 1MB
              encrypt: true
              key: { env: CACHE_KEY }
            """
        )
        #expect(cache.rules.policy == .always && cache.rules.lifetime == .seconds(7_200))
        #expect(cache.rules.memoryEntries == 10 && cache.rules.memoryBytes == 1 << 20)
        #expect(cache.rules.layers[.memory] == .seconds(60) && cache.rules.layers[.redis] == .seconds(1_800))
        #expect(cache.redis?.prefix == "team" && cache.redis?.timeout == .milliseconds(3))
        #expect(cache.databaseEntries == 50 && cache.databaseBytes == 2 << 20)
        #expect(cache.rules.tasks[.codeReview] == CacheConfiguration.Rule(policy: .off, lifetime: .seconds(300)))
        #expect(cache.rules.models[.gpt4o] == CacheConfiguration.Rule(policy: .refresh))
        #expect(cache.rules.events["style_guide_2"] == [.codeReview, .testing])
        #expect(cache.rules.events["api_change"] == [.documentation])
        #expect(cache.rules.staleLimit == .seconds(172_800) && cache.rules.maximumAnswer == 1 << 20)
        #expect(cache.encrypts && cache.key == .environment("CACHE_KEY"))
    }

    static let mistakes: [(String, String)] = [
        ("cache: { polcy: use }", "did you mean \"policy\"?"),
        ("cache: { policy: sometimes }", "use, refresh, only, off, always"),
        ("cache: { tasks: { cooking: { ttl: 1m } } }", "unknown task \"cooking\""),
        ("cache: { events: { x: [cooking] } }", "unknown task \"cooking\""),
        ("cache: { redis: { prefix: x } }", "cache.redis.url"),
        ("cache: { redis: { url: \"http://127.0.0.1\" } }", "cache.redis.url"),
        ("cache: { memory: { ttl: 5 } }", "cache.memory.ttl"),
        ("cache: { key: { env: \"not a name\" } }", "cache.key.env"),
    ]

    @Test("a mistake is told with its place and what is allowed", arguments: mistakes)
    func mistake(yaml: String, expected: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try cache(yaml) }
        #expect(error.map { "\($0)".contains(expected) } == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test("`config show` never shows the password of a Redis")
    func password() throws {
        try withTemporaryDirectory { directory in
            try directory.write(
                "simulate: true\ncache: { redis: { url: \"redis://user:hunter2@127.0.0.1:6390\" } }",
                to: "aurelis.yaml"
            )
            let loaded = try ConfigurationLoader.load(
                ConfigurationOverrides(),
                environment: [:],
                workingDirectory: directory.path,
                homeDirectory: directory.path
            )
            #expect(!loaded.rendered().contains("hunter2"))
        }
    }
}
