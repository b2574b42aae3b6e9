internal import Synchronization

/// What is under way, and what became of the requests since the process began: counts, times, and how both went.
///
///     let statistics = RequestStatistics(time: time, clock: clock)
///     statistics.begin(request)          // by the orchestrator, of which it is a recorder
///     statistics.record(record)
///     statistics.snapshot().active.count
///
/// Bounded: the last five minutes by seconds, the last 24 hours by minutes, and at most 256 models.
package final class RequestStatistics: RequestRecorder {
    private struct State {
        var active: [RequestID: ActiveRequest] = [:]
        var tallies = RequestTallies()
        /// The second that is counted now, and what belongs to it: it goes to the others when another one begins, so that
        /// a request is counted once, not four times.
        var present: (number: Int64, point: RequestPoint) = (0, RequestPoint())
        var total = RequestPoint()
        var seconds = RequestSeries(step: 1_000, count: 300)
        var minutes = RequestSeries(step: 60_000, count: 1_440)

        mutating func add(_ record: RequestRecord) {
            // When it came in and how long it took are known: nobody needs to look at the clock again.
            let number = (record.time + record.duration.milliseconds) / 1_000
            if number != present.number {
                close()
                present.number = number
            }
            present.point.add(record)
            tallies.add(record)
        }

        /// Puts what is counted now where it belongs.
        mutating func close() {
            guard present.point.requests > 0 else { return }
            total += present.point
            seconds.add(present.point, at: present.number * 1_000)
            minutes.add(present.point, at: present.number * 1_000)
            present.point = RequestPoint()
        }
    }

    /// More than there can be connections: a request that is never recorded must not make it grow for ever.
    static let maximumActive = 65_536
    /// Where what is beyond a bound is counted.
    package static let others = "others"

    private let time: any TimeSource
    private let clock: WallClock
    /// When counting began, in milliseconds since 1970-01-01 UTC.
    package let start: Int64
    private let state = Mutex(State())

    /// Nothing has been counted.
    package init(time: any TimeSource = SystemTimeSource(), clock: WallClock = .system) {
        self.time = time
        self.clock = clock
        start = clock.millisecondsSinceEpoch
    }

    /// Takes note of a request that is under way.
    package func begin(_ request: ActiveRequest) {
        state.withLock { state in
            guard state.active.count < Self.maximumActive else { return }
            state.active[request.id] = request
        }
    }

    /// Takes note of a request that is not under way any more.
    package func forget(_ request: RequestID) { state.withLock { $0.active[request] = nil } }

    /// Takes note of a request that has ended.
    package func record(_ record: RequestRecord) {
        state.withLock { state in
            if !state.active.isEmpty { state.active[record.id] = nil }
            state.add(record)
        }
    }

    /// How many requests are under way.
    package var underWay: Int { state.withLock(\.active.count) }

    /// Everything that is known, as of now.
    package func snapshot() -> Snapshot {
        let (now, moment) = (clock.millisecondsSinceEpoch, time.now)
        return state.withLock { state in
            state.close()
            return Snapshot(
                time: now,
                start: start,
                active: Active(state.active.values, at: moment),
                total: state.total,
                models: state.tallies.models,
                tasks: state.tallies.tasks,
                seconds: Snapshot.Series(state.seconds, until: now),
                minutes: Snapshot.Series(state.minutes, until: now)
            )
        }
    }

    /// What changes from one second to the next: cheap enough to be told every second.
    package func pulse() -> Pulse {
        let (now, moment) = (clock.millisecondsSinceEpoch, time.now)
        return state.withLock { state in
            state.close()
            return Pulse(
                time: now,
                active: Active(state.active.values, at: moment),
                total: state.total,
                seconds: Snapshot.Series(state.seconds, until: now - state.seconds.step, count: 5),
                minutes: Snapshot.Series(state.minutes, until: now, count: 2)
            )
        }
    }
}
