package import Aurelis
internal import AurelisTransport
package import Logging
internal import NIOPosix

/// Tells everybody who would be told of changes that nothing is wrong, to see whether they hear it.
///
///     for outcome in try await AlertTrial.run(configuration, environment: environment, logger: logger) {
///         print(outcome.receiver, outcome.problem ?? "told")
///     }
package enum AlertTrial {
    /// What came of telling one of them, once.
    package struct Outcome: Sendable, Hashable {
        /// Who it is, without secrets.
        package var receiver: String
        /// Why it was not told; nil: it was.
        package var problem: String?
        /// How long that took.
        package var duration: Duration
    }

    /// One attempt each, side by side.
    ///
    /// - Throws: `ConfigurationError` for a receiver that cannot be made.
    package static func run(
        _ configuration: Configuration,
        environment: [String: String],
        clock: WallClock = .system,
        logger: Logger
    ) async throws(ConfigurationError) -> [Outcome] {
        var transport = try HTTPClientConfiguration(configuration, environment: environment)
        transport.shutdownGrace = .zero
        let client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: transport)
        let factory = AlertFactory(environment: environment, client: client, clock: clock, logger: logger)
        let receivers: Result<[AlertReceiver], ConfigurationError>
        do throws(ConfigurationError) { receivers = .success(try factory.receivers(configuration)) } catch {
            receivers = .failure(error)
        }
        let sender = HealthAlert.Sender(instance: Instance.name(configuration.admin), version: Version.current)
        let alert = HealthAlert(.test, .test(at: clock.millisecondsSinceEpoch), from: sender)
        let outcomes = await outcomes((try? receivers.get()) ?? [], alert)
        await client.shutdown()
        _ = try receivers.get()
        return outcomes
    }

    private static func outcomes(_ receivers: [AlertReceiver], _ alert: HealthAlert) async -> [Outcome] {
        await withTaskGroup(of: (Int, Outcome).self) { group in
            for (index, receiver) in receivers.enumerated() {
                group.addTask {
                    let start = ContinuousClock.now
                    let delivery = await receiver.deliver(alert)
                    let problem: String? =
                        switch delivery {
                        case .delivered: nil
                        case .failed(let reason), .refused(let reason): reason
                        }
                    return (index, Outcome(receiver: receiver.name, problem: problem, duration: .now - start))
                }
            }
            var outcomes: [(Int, Outcome)] = []
            for await outcome in group { outcomes.append(outcome) }
            return outcomes.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
