// swift-tools-version: 6.2
import PackageDescription

// `make test` in CI sets this; a user's newer toolchain must not fail on a warning we have not seen yet.
let strict: [SwiftSetting] =
    Context.environment["AURELIS_WARNINGS_AS_ERRORS"] == "1" ? [.treatAllWarnings(as: .error)] : []

let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ] + strict

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
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

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
    ],
    targets: [
        room("AurelisJSON"),
        // zlib comes with every system; no package here offers compression.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        room("Aurelis", ["AurelisJSON", "CZlib", crypto, log]),
        room("AurelisTransport", [nio, nioPosix, nioHTTP1, nioTLS, nioSSL, nioCompression]),
        room(
            "AurelisProviders",
            [
                "Aurelis", "AurelisJSON", "AurelisTransport", crypto,
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            resources: [.embedInCode("Presets")]
        ),
        room("AurelisGateway", ["Aurelis", "AurelisJSON", nio, nioPosix, nioHTTP1, lifecycle, log]),
        room(
            "AurelisAdmin",
            [
                "Aurelis", "AurelisJSON", nio, nioPosix, lifecycle, log,
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]
        ),
        room("AurelisSimulator", ["AurelisJSON", nio, nioPosix, nioHTTP1]),
        room(
            "AurelisStorage",
            ["Aurelis", "AurelisJSON", log, .product(name: "GRDB", package: "GRDB.swift")]
        ),
        room("AurelisRedis", ["Aurelis", "AurelisJSON", nio, nioPosix, nioSSL, log]),
        room("AurelisTesting", ["Aurelis", "AurelisJSON"]),
        room(
            "AurelisApp",
            [
                "Aurelis", "AurelisProviders", "AurelisTransport", "AurelisGateway", "AurelisAdmin",
                "AurelisRedis", "AurelisSimulator", "AurelisStorage", "AurelisTesting", nio, nioPosix, lifecycle, log,
                .product(name: "Yams", package: "Yams"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        .executableTarget(
            name: "AurelisCommand",
            dependencies: [
                "Aurelis", "AurelisApp", "AurelisJSON", "AurelisProviders", "AurelisSimulator", "AurelisStorage",
                "AurelisTesting", "AurelisTransport", nio, nioPosix, log,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),
        tests(of: "AurelisJSON"),
        tests(of: "Aurelis", ["AurelisJSON", "AurelisTesting", crypto]),
        tests(of: "AurelisTransport", [nio, nioPosix, nioHTTP1, nioEmbedded, nioSSL]),
        tests(of: "AurelisProviders", ["Aurelis", "AurelisJSON", "AurelisTransport", nio, nioPosix]),
        tests(
            of: "AurelisGateway",
            ["Aurelis", "AurelisJSON", nio, nioPosix, nioHTTP1, nioEmbedded, lifecycle, log]
        ),
        tests(of: "AurelisSimulator", ["AurelisJSON", nio, nioPosix]),
        tests(
            of: "AurelisStorage",
            ["Aurelis", "AurelisTesting", log, .product(name: "GRDB", package: "GRDB.swift")]
        ),
        tests(of: "AurelisRedis", ["Aurelis", "AurelisJSON", "AurelisTesting", nio, nioPosix, nioEmbedded, log]),
        tests(
            of: "AurelisApp",
            [
                "Aurelis", "AurelisJSON", "AurelisProviders", "AurelisSimulator", "AurelisTesting", "AurelisTransport",
                lifecycle, log, nio, nioPosix,
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
