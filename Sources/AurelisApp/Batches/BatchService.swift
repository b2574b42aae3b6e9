internal import Aurelis
internal import AurelisStorage
internal import Logging
internal import ServiceLifecycle

/// Works on the batches that clients have handed in, a few at a time, until the server ends; then what is under way ends,
/// and the rest goes on at the next start.
///
/// Every gateway of a data directory does so. A batch is whose lock it is; so one whose gateway died is taken over by
/// whoever looks next. Tenants take turns, within each gateway.
struct BatchService: Service {
    struct Settings: Sendable {
        /// How many are worked on at once.
        var running = 3
        /// How many requests of each are under way at once.
        var inFlight = 5
        /// How long each is worked on while another tenant waits for a place.
        var turn: Duration = .seconds(60)
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
    /// Who answers now.
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
        case ended(String, isServed: Bool)
        case looking
        case news
        case stopping
        case cut
        case idle
    }

    /// What is being done, and by whose turn.
    private struct Work {
        var turns: BatchTurns
        var runs: [String: BatchRun] = [:]
        /// Those whose keys are known not to be in effect.
        var keyless: Set<String> = []
        /// Who answered when that was last looked at.
        var orchestrator: ModelOrchestrator
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
            var work = Work(
                turns: BatchTurns(places: settings.running, turn: settings.turn),
                orchestrator: orchestrator()
            )
            var isStopping = false
            group.addTask {
                await stop.wait()
                return .stopping
            }
            group.addTask { await clearUp() }
            group.addTask { await tick() }
            group.addTask { await nextNews() }
            await wakeKeyless(&work)
            while !isStopping || !work.runs.isEmpty {
                if !isStopping { await begin(&work, in: &group) }
                switch await group.next() {
                case .ended(let id, let isServed):
                    work.runs[id] = nil
                    work.turns.end(id, isServed: isServed)
                case .looking:
                    work.turns.look()
                    if !isStopping {
                        await wakeReloaded(&work)
                        await wakeKeyless(&work)
                    }
                    group.addTask { await tick() }
                case .news:
                    work.turns.look()
                    group.addTask { await nextNews() }
                case .stopping:
                    isStopping = true
                    for run in work.runs.values { run.stop.request() }
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

    /// Begins what has its turn, and asks for room for what should have.
    private func begin(_ work: inout Work, in group: inout TaskGroup<Event>) async {
        // Why it failed is in the log, and it may work the next time.
        guard let due = try? await store.dueBatches() else { return }
        let now = store.now
        let candidates = due.map { batch in
            let isOver = batch.isCancelling || batch.deadline <= now || isKeyless(batch.tenant)
            return BatchTurns.Candidate(batch: batch, isOver: isOver)
        }
        for (id, run) in work.runs { work.turns.asks(id, since: run.asksSince) }
        while let step = work.turns.next(of: candidates, at: time.now) {
            switch step {
            case .begin(let id):
                let run = BatchRun()
                work.runs[id] = run
                group.addTask { .ended(id, isServed: await self.work(on: id, run)) }
            case .makeRoom(let id, let other):
                // Another gateway may have it; nobody is to be interrupted for that.
                if (try? await store.isWorkedOn(other)) == false {
                    work.turns.leave(id)
                    work.runs[id]?.room.request()
                } else {
                    work.turns.pass(other)
                }
            }
        }
    }

    /// Has all parked batches tried again once the configuration has changed: what refused them may be gone.
    private func wakeReloaded(_ work: inout Work) async {
        let current = orchestrator()
        guard current !== work.orchestrator else { return }
        do {
            for tenant in try await store.waitingTenants() { try await store.wakeBatches(of: tenant) }
            work.orchestrator = current
        } catch {
            // Why is in the log, and it is tried again at the next look.
        }
    }

    /// Has the parked batches ended whose tenants' keys are no longer in effect, once for each: what then cannot be ended
    /// waits as everything else does.
    private func wakeKeyless(_ work: inout Work) async {
        work.keyless = work.keyless.filter { isKeyless($0) }
        guard let waiting = try? await store.waitingTenants() else { return }
        for tenant in waiting where isKeyless(tenant) && !work.keyless.contains(tenant) {
            if (try? await store.wakeBatches(of: tenant)) != nil { work.keyless.insert(tenant) }
        }
    }

    private func isKeyless(_ tenant: String) -> Bool { !tenant.isEmpty && grant(tenant) == nil }

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

    private func work(on id: String, _ run: BatchRun) async -> Bool {
        await BatchWork(
            id: id,
            store: store,
            orchestrator: orchestrator,
            grant: grant,
            engineTime: engineTime,
            time: time,
            settings: settings,
            run: run,
            logger: logger
        ).work()
    }
}
