import Aurelis
import Foundation
import Logging

@testable import AurelisApp

/// What the doctor finds in a folder with a configuration and a data directory, as a person would run it.
struct DoctorVisit {
    let folder: String

    var data: String { folder + "/data" }

    static func inFolder(_ body: (DoctorVisit) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("doctor-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: path + "/data",
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(DoctorVisit(folder: path))
    }

    /// Writes a file with some rights.
    func write(_ text: String, to name: String, mode: Int = 0o600) throws {
        let path = folder + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    /// - Parameter yaml: the configuration beside data directory and ports.
    func findings(
        _ yaml: String,
        reach: Doctor.Reach = .handshakes,
        environment: [String: String] = [:],
        clock: WallClock = .system,
        // A machine that runs hundreds of tests at once is slow, and nobody's fault.
        patience: Duration = .seconds(30),
        options: [String] = [],
        ports: String = "gateway: { port: 0 }\nadmin: { port: 0 }\n"
    ) async throws -> [DoctorFinding] {
        try write(ports + yaml + "\n", to: "aurelis.yaml")
        var overrides = ConfigurationOverrides()
        overrides.configFile = folder + "/aurelis.yaml"
        overrides.dataDirectory = data
        overrides.needsProvider = false
        let loaded: Result<LoadedConfiguration, ConfigurationError>
        do throws(ConfigurationError) {
            loaded = .success(
                try ConfigurationLoader.load(
                    overrides,
                    environment: environment,
                    workingDirectory: folder,
                    homeDirectory: folder
                )
            )
        } catch {
            loaded = .failure(error)
        }
        var fallback = Configuration()
        fallback.dataDirectory = data
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var doctor = Doctor(
            loaded,
            fallback: fallback,
            environment: environment,
            reach: reach,
            options: options,
            clock: clock,
            logger: quiet
        )
        doctor.patience = patience
        return await doctor.run()
    }
}

extension [DoctorFinding] {
    /// The findings of one check.
    func of(_ check: String) -> [DoctorFinding] { filter { $0.check == check } }

    /// The findings of a check with a verdict, as text with what to do.
    func texts(_ check: String, _ verdict: DoctorFinding.Verdict) -> String {
        of(check).filter { $0.verdict == verdict }
            .map { $0.message + ($0.advice.map { " → \($0)" } ?? "") }.joined(separator: "\n")
    }
}
