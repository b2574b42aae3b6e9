// swift-tools-version: 6.2
import PackageDescription

// `make test` in CI sets this; a user's newer toolchain must not fail on a warning we have not seen yet.
let strict: [SwiftSetting] =
    Context.environment["AURELIS_WARNINGS_AS_ERRORS"] == "1" ? [.treatAllWarnings(as: .error)] : []

// `scripts/fuzz` sets this: the same rooms with coverage and the address sanitizer, and the program that feeds them.
let fuzzes = Context.environment["AURELIS_FUZZ"] == "1"
let sanitizers = ["-sanitize=fuzzer,address"]

let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ] + strict + (fuzzes ? [.unsafeFlags(sanitizers)] : [])

func room(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    resources: [Resource] = []
) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: name + "Tests",
        dependencies: [.target(name: name)] + dependencies,
        swiftSettings: settings
    )
}

let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioCompression: Target.Dependency = .product(name: "NIOHTTPCompression", package: "swift-nio-extras")
let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let certificates: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let structuredFields: Target.Dependency = .product(
    name: "RawStructuredFieldValues",
    package: "swift-http-structured-headers"
)
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let metrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let tracing: Target.Dependency = .product(name: "Tracing", package: "swift-distributed-tracing")

let fuzzed: [Target.Dependency] = [
    "Aurelis", "AurelisApp", "AurelisGateway", "AurelisJSON", "AurelisRedis", "AurelisServing", "AurelisTesting",
    "AurelisTransport", crypto, log, nio, nioEmbedded, nioHTTP1,
]

let package = Package(
    name: "aurelis",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Aurelis", targets: ["Aurelis"]),
        .library(name: "AurelisJSON", targets: ["AurelisJSON"]),
        .library(name: "AurelisTesting", targets: ["AurelisTesting"]),
        .executable(name: "aurelis", targets: ["AurelisCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-http-structured-headers", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
    ],
    targets: [
        room("AurelisJSON"),
        // zlib comes with every system; no package here offers compression.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // A call of Linux's C libraries that Swift does not see.
        .systemLibrary(name: "CPipe"),
        room("Aurelis", ["AurelisJSON", "CPipe", "CZlib", crypto, log, metrics, tracing]),
        // No package for Prometheus can be had here; what one would do is this room, so that one can take its place.
        room("AurelisPrometheus", [metrics]),
        // The same for an exporter of traces.
        room("AurelisTracing", ["Aurelis", "AurelisJSON", "AurelisTransport", lifecycle, log]),
        room("AurelisTLS", [nio, nioPosix, nioTLS, nioSSL, crypto, certificates, asn1]),
        room("AurelisServing", [nio, nioHTTP1]),
        room(
            "AurelisTransport",
            ["AurelisTLS", nio, nioPosix, nioHTTP1, nioTLS, nioSSL, nioCompression, certificates, asn1]
        ),
        room("AurelisSigning", [structuredFields, crypto, cryptoExtras, asn1]),
        room(
            "AurelisProviders",
            [
                "Aurelis", "AurelisJSON", "AurelisSigning", "AurelisTLS", "AurelisTransport", crypto, cryptoExtras,
            ],
            resources: [.embedInCode("Presets")]
        ),
        room(
            "AurelisGateway",
            [
                "Aurelis", "AurelisJSON", "AurelisServing", "AurelisSigning", "AurelisTLS", nio, nioPosix, nioHTTP1,
                lifecycle, log,
            ],
            resources: [.embedInCode("OpenAPI")]
        ),
        room(
            "AurelisAdmin",
            [
                "Aurelis", "AurelisJSON", "AurelisServing", "AurelisTLS", nio, nioPosix, nioHTTP1, crypto, lifecycle,
                log,
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            resources: [.embedInCode("Dashboard/Page"), .embedInCode("OpenAPI")]
        ),
        room("AurelisSimulator", ["AurelisJSON", nio, nioPosix, nioHTTP1]),
        room(
            "AurelisStorage",
            ["Aurelis", "AurelisJSON", log, .product(name: "GRDB", package: "GRDB.swift")]
        ),
        room("AurelisRedis", ["Aurelis", "AurelisJSON", "AurelisTLS", nio, nioPosix, nioSSL, log]),
        room("AurelisTesting", ["Aurelis", "AurelisJSON"]),
        room(
            "AurelisApp",
            [
                "Aurelis", "AurelisProviders", "AurelisTransport", "AurelisGateway", "AurelisAdmin",
                "AurelisPrometheus", "AurelisRedis", "AurelisServing", "AurelisSigning", "AurelisSimulator",
                "AurelisStorage", "AurelisTesting",
                "AurelisTLS", "AurelisTracing",
                nio, nioPosix, lifecycle, log, metrics,
                .product(name: "Yams", package: "Yams"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        .executableTarget(
            name: "AurelisCommand",
            dependencies: [
                "Aurelis", "AurelisApp", "AurelisJSON", "AurelisProviders", "AurelisSimulator", "AurelisStorage",
                "AurelisTesting", "AurelisTLS", "AurelisTransport", nio, nioPosix, log,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),
        // What the tests of several rooms need: programs beside them.
        .target(
            name: "AurelisTestSupport",
            dependencies: [nio, nioPosix],
            path: "Tests/AurelisTestSupport",
            swiftSettings: settings
        ),
        tests(of: "AurelisJSON"),
        // What `Fuzz/` feeds, fed with what fuzzing has found.
        .testTarget(name: "AurelisFuzzTests", dependencies: fuzzed, swiftSettings: settings),
        tests(
            of: "Aurelis",
            [
                "AurelisJSON", "AurelisTesting", crypto, metrics, tracing,
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
            ]
        ),
        tests(of: "AurelisPrometheus", [metrics]),
        tests(of: "AurelisTracing", ["Aurelis", "AurelisJSON", "AurelisTesting"]),
        tests(
            of: "AurelisTransport",
            ["AurelisTLS", "AurelisTestSupport", nio, nioPosix, nioHTTP1, nioEmbedded, nioSSL]
        ),
        tests(of: "AurelisSigning", [crypto]),
        tests(
            of: "AurelisProviders",
            ["Aurelis", "AurelisJSON", "AurelisSigning", "AurelisTLS", "AurelisTransport", nio, nioPosix]
        ),
        tests(
            of: "AurelisGateway",
            [
                "Aurelis", "AurelisJSON", "AurelisServing", "AurelisSigning", "AurelisTLS", nio, nioPosix, nioHTTP1,
                nioEmbedded, nioSSL, nioTLS, lifecycle, log,
            ]
        ),
        tests(of: "AurelisSimulator", ["AurelisJSON", nio, nioPosix]),
        tests(
            of: "AurelisStorage",
            ["Aurelis", "AurelisTesting", log, .product(name: "GRDB", package: "GRDB.swift")]
        ),
        tests(
            of: "AurelisRedis",
            ["Aurelis", "AurelisJSON", "AurelisTesting", "AurelisTestSupport", nio, nioPosix, nioEmbedded, log]
        ),
        tests(
            of: "AurelisAdmin",
            [
                "Aurelis", "AurelisJSON", "AurelisServing", "AurelisTesting", nio, nioPosix, nioHTTP1, nioEmbedded,
                lifecycle, log,
                .product(name: "Hummingbird", package: "hummingbird"),
            ]
        ),
        tests(
            of: "AurelisApp",
            [
                "Aurelis", "AurelisJSON", "AurelisProviders", "AurelisServing", "AurelisSimulator", "AurelisStorage",
                "AurelisTesting", "AurelisTestSupport", "AurelisTLS", "AurelisTransport", lifecycle, log, nio, nioPosix,
            ]
        ),
        tests(
            of: "AurelisCommand",
            [
                "Aurelis", "AurelisApp", "AurelisJSON", "AurelisProviders", "AurelisSimulator", "AurelisTesting",
                "AurelisTransport", nioPosix,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
    ]
)

if fuzzes {
    package.targets.append(
        .executableTarget(
            name: "AurelisFuzz",
            dependencies: fuzzed,
            path: "Fuzz/AurelisFuzz",
            swiftSettings: settings,
            linkerSettings: [
                .unsafeFlags(sanitizers),
                // Gold takes libFuzzer's `main` and ours for two of the same.
                .unsafeFlags(["-use-ld=lld"], .when(platforms: [.linux])),
            ]
        )
    )
}
