// swift-tools-version: 6.2
import PackageDescription

// Apart from the project's own package, so that nobody's build pays for it.
let package = Package(
    name: "safety",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "aurelis", path: "../..")],
    targets: [
        .executableTarget(
            name: "safety",
            dependencies: [
                .product(name: "Aurelis", package: "aurelis"), .product(name: "AurelisJSON", package: "aurelis"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]
        )
    ]
)
