package import Aurelis
internal import AurelisStorage
internal import Foundation
package import Logging

/// What the records of a data directory tell of health when no gateway runs.
///
///     let stored = StoredHealth(configuration, logger: logger)
///     print(await stored.report(of: history).state, stored.transitions(20))
package struct StoredHealth: Sendable {
    /// How far back requests are looked at.
    package static let span: Duration = .seconds(3_600)
    private static let requests = 500

    private let directory: String
    private let simulates: Bool
    /// Whether a configured provider has the simulator's name: then its records are as real as any.
    private let isNameTaken: Bool
    private let clock: WallClock
    private let logger: Logger

    /// The records of a configuration's data directory.
    package init(_ configuration: Configuration, clock: WallClock = .system, logger: Logger) {
        directory = configuration.dataDirectory
        simulates = configuration.simulates
        isNameTaken = configuration.providers.contains { $0.id == EmbeddedSimulator.providerID }
        self.clock = clock
        self.logger = logger
    }

    /// How everything was, by the requests of the last hour.
    package func report(of history: RequestHistory) async throws -> HealthReport {
        let time = clock.millisecondsSinceEpoch
        let records = try await history.latest(Self.requests)
            .filter { time - $0.time <= Self.span.milliseconds && isAboutUs($0) }.reversed()
        let now = ContinuousClock.now
        var readings = HealthReadings.reading(Array(records), at: now)
        let path = directory
        // What is not there yet is made when it is needed.
        if !path.isEmpty, FileManager.default.fileExists(atPath: path) {
            readings.storage =
                await Blocking.value(within: .seconds(2)) { DirectoryLook.storage(path) }
                ?? .init(failure: "\(path) does not answer")
        }
        var rules = HealthRules()
        // There will be no second look.
        rules.worsens.looks = 1
        var monitor = HealthMonitor(rules: rules, time: time)
        _ = monitor.evaluate(readings.observations(at: now), at: now, time: time)
        return monitor.report
    }

    /// What the simulator answered says nothing of the providers, and they say nothing of it.
    private func isAboutUs(_ record: RequestRecord) -> Bool {
        let provider = record.trace.attempts.last?.provider.rawValue ?? record.provider
        guard let provider, !isNameTaken else { return true }
        return (provider == EmbeddedSimulator.providerID) == simulates
    }

    /// The latest transitions, the newest first.
    package func transitions(_ limit: Int) -> [HealthTransition] {
        directory.isEmpty ? [] : HealthLog(directory: directory, logger: logger).latest(limit).reversed()
    }
}
