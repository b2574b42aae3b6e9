internal import AurelisJSON
package import AurelisTransport
package import Logging
internal import ServiceLifecycle
internal import Synchronization

/// Brings spans to a collector, by OTLP over HTTP, in JSON.
///
///     let exporter = SpanExporter(settings, client: client, logger: logger)
///     let tracer = TraceRecorder(sampling: sampling) { exporter.take($0) }
///     try await exporter.run()        // beside the servers, until they have ended
///
/// No request ever waits for it. A collector that is down, slow or talks nonsense costs the spans that no longer fit into the
/// queue, and a line in the log; another one tells that it is back.
package final class SpanExporter: Service {
    private struct State {
        var queue: SpanQueue
        var exported = 0
        var lost = 0
        var waiter: CheckedContinuation<Void, Never>?
        var isWoken = false
    }

    private let settings: Settings
    private let client: HTTPClient
    private let logger: Logger
    private let state: Mutex<State>

    /// An exporter that has not begun.
    package init(_ settings: Settings, client: HTTPClient, logger: Logger) {
        self.settings = settings
        self.client = client
        self.logger = logger
        state = Mutex(State(queue: SpanQueue(limit: settings.queue)))
    }

    /// What has become of the spans.
    package var counts: Counts {
        state.withLock {
            Counts(waiting: $0.queue.count, exported: $0.exported, dropped: $0.queue.dropped, lost: $0.lost)
        }
    }

    /// Takes the spans of a request. Neither waits nor blocks.
    package func take(_ trace: FinishedTrace) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.queue.append(trace) else { return nil }
            state.isWoken = true
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Sends until a graceful shutdown, and then what is left, within the time that one batch has.
    package func run() async {
        await cancelWhenGracefulShutdown { await self.work() }
        guard !Task.isCancelled else { return }
        let end = ContinuousClock.now.advanced(by: settings.timeout)
        while state.withLock({ $0.queue.count }) > 0, ContinuousClock.now < end {
            let batch = next()
            let left = ContinuousClock.now.duration(to: end)
            if await send(batch, within: left) == .taken {
                note(exported: batch.spanCount)
            } else {
                return lose(batch.spanCount)
            }
        }
    }

    private func work() async {
        var backoff = ExportBackoff()
        while !Task.isCancelled {
            await pause()
            state.withLock { $0.queue.endPause() }
            while true {
                let batch = state.withLock { state in
                    let batch = state.queue.takeDue(settings.batch)
                    // What it was woken for meanwhile is on its way.
                    if batch.isEmpty { state.isWoken = false }
                    return batch
                }
                guard !batch.isEmpty else { break }
                await deliver(batch, &backoff)
                if Task.isCancelled { return }
            }
        }
    }

    /// Sends one batch until it is taken or given up.
    private func deliver(_ batch: [FinishedTrace], _ backoff: inout ExportBackoff) async {
        while true {
            let wasFailing = backoff.isFailing
            let outcome = await send(batch, within: settings.timeout)
            // The end has begun, and what was not taken yet is sent with the rest.
            if outcome != .taken, Task.isCancelled { return state.withLock { $0.queue.putBack(batch) } }
            let action = backoff.note(outcome)
            // Once for an outage, and once for its end.
            switch (wasFailing, backoff.isFailing) {
            case (false, true): logger.warning("traces cannot be brought to \(settings.origin); requests go on without")
            case (true, false): logger.notice("traces are brought to \(settings.origin) again")
            default: break
            }
            switch action {
            case .next: return note(exported: batch.spanCount)
            case .giveUp: return lose(batch.spanCount)
            case .again(let wait):
                do { try await Task.sleep(for: wait) } catch { return state.withLock { $0.queue.putBack(batch) } }
            }
        }
    }

    private func send(_ batch: [FinishedTrace], within limit: Duration) async -> ExportBackoff.Outcome {
        var request = HTTPClientRequest(method: "POST", origin: settings.origin, target: settings.path)
        request.headers = HTTPHeaderList(settings.headers)
        request.headers.append("content-type", "application/json")
        request.body = SpanDocument.bytes(
            batch,
            resource: settings.resource,
            version: settings.version,
            redact: settings.redact
        )
        request.timeouts = HTTPTimeouts(
            acquire: limit,
            connect: limit,
            firstByte: limit,
            betweenBytes: limit,
            total: limit
        )
        do {
            let response = try await client.send(request)
            let answer = try? await response.body.collect(upTo: Self.maximumAnswer)
            switch response.status {
            case 200..<300:
                noteRejected(answer)
                return .taken
            case 429, 502, 503, 504:
                let seconds = response.headers["retry-after"].flatMap(Int.init)
                return .later(after: seconds.map { .seconds(max(0, min($0, 3_600))) })
            default:
                return .refused
            }
        } catch {
            return .later(after: nil)
        }
    }

    /// What a collector says of those that it took and threw away.
    private func noteRejected(_ answer: [UInt8]?) {
        guard let answer, let document = try? JSONDocument(answer),
            let rejected = document["partialSuccess"]?["rejectedSpans"],
            let count = rejected.int ?? rejected.string.flatMap(Int.init), count > 0
        else { return }
        state.withLock { state in
            state.lost += min(count, settings.batch)
            state.exported -= min(count, settings.batch)
        }
    }

    private static let maximumAnswer = 64 * 1_024

    private func next() -> [FinishedTrace] { state.withLock { $0.queue.take(settings.batch) } }

    private func note(exported count: Int) { state.withLock { $0.exported += count } }

    private func lose(_ count: Int) { state.withLock { $0.lost += count } }

    /// Returns after the interval, or as soon as much waits.
    private func pause() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [settings] in try? await Task.sleep(for: settings.interval) }
            group.addTask { await self.woken() }
            await group.next()
            group.cancelAll()
        }
    }

    private func woken() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWoken = state.withLock { state in
                    if state.isWoken || Task.isCancelled {
                        state.isWoken = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if isWoken { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume()
        }
    }
}
