internal import Aurelis
internal import AurelisStorage
internal import Logging
internal import ServiceLifecycle

/// Works on the batches that clients have handed in, a few at a time, until the server ends; then what is under way ends,
/// and the rest goes on at the next start.
///
/// Every gateway of a data directory does so. A batch is whose lock it is; so one whose gateway died is taken over by
/// whoever looks next.
struct BatchService: Service {
    struct Settings: Sendable {
        /// How many are worked on at once.
        var running = 3
        /// How many requests of each are under way at once.
        var inFlight = 5
        /// Lines that one may have.
        var maximumRequests = 50_000
        /// How long what is under way may take when the server ends.
        var drain: Duration = .seconds(30)
        /// How often it is looked what other processes have done.
        var interval: Duration = .seconds(1)
    }

    /// How often expired files are looked for.
    private static let clearing: Duration = .seconds(600)

    let store: DatabaseFileStore
    let orchestrator: @Sendable () -> ModelOrchestrator
    /// What a tenant's key grants now; nil when it is not in effect.
    var grant: @Sendable (String) -> AccessGrant? = { _ in nil }
    /// The time that requests go by.
    let engineTime: any TimeSource
    let settings: Settings
    /// Tells that this process has taken a batch in, or is to leave one.
    let news: AsyncStream<Void>
    /// The time that passes between two looks.
    var time: any TimeSource = SystemTimeSource()
    let logger: Logger

    private enum Event: Sendable {
        case ended(String)
        case looking
        case news
        case stopping
        case cut
        case idle
    }

    func run() async {
        let stop = BatchStop()
        await withGracefulShutdownHandler {
            await work(until: stop)
        } onGracefulShutdown: {
            stop.request()
        }
    }

    private func work(until stop: BatchStop) async {
        await withTaskGroup(of: Event.self) { group in
            var running: Set<String> = []
            // Looked at since the last tick: others work on them, or they are done, or they cannot be gone on with now.
            var seen: Set<String> = []
            var isStopping = false
            group.addTask {
                await stop.wait()
                return .stopping
            }
            group.addTask { await clearUp() }
            group.addTask { await tick() }
            group.addTask { await nextNews() }
            while !isStopping || !running.isEmpty {
                if !isStopping, running.count < settings.running {
                    // Why it failed is in the log, and it may work the next time.
                    let due = (try? await store.dueBatches()) ?? []
                    for id in due where running.count < settings.running && seen.insert(id).inserted {
                        running.insert(id)
                        group.addTask {
                            await work(on: id, until: stop)
                            return .ended(id)
                        }
                    }
                }
                switch await group.next() {
                case .ended(let id): running.remove(id)
                case .looking:
                    seen = running
                    group.addTask { await tick() }
                case .news:
                    seen = running
                    group.addTask { await nextNews() }
                case .stopping:
                    isStopping = true
                    group.addTask {
                        try? await time.sleep(until: time.now.advanced(by: settings.drain))
                        return .cut
                    }
                case .cut: group.cancelAll()
                case .idle: break
                case nil: return
                }
            }
            group.cancelAll()
        }
    }

    private func tick() async -> Event {
        do { try await time.sleep(until: time.now.advanced(by: settings.interval)) } catch { return .idle }
        return .looking
    }

    private func nextNews() async -> Event {
        for await _ in news { return .news }
        return .idle
    }

    private func clearUp() async -> Event {
        while !Task.isCancelled {
            try? await store.clearUp()
            do { try await time.sleep(until: time.now.advanced(by: Self.clearing)) } catch { break }
        }
        return .idle
    }

    private func work(on id: String, until stop: BatchStop) async {
        await BatchWork(
            id: id,
            store: store,
            orchestrator: orchestrator(),
            grant: grant,
            engineTime: engineTime,
            time: time,
            settings: settings,
            stop: stop,
            logger: logger
        ).run()
    }
}
