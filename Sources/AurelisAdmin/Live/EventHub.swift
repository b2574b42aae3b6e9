internal import Aurelis
internal import AurelisJSON
internal import NIOCore
internal import Synchronization

/// Brings events to those who watch: all read from one ring, each at its own pace, and who falls out of it is let go.
///
///     let hub = EventHub(time: time)
///     guard let reader = hub.join(after: lastEventID) else { … }     // too many watch already
///     hub.publish("circuits", json.bytes)
///
/// Bounded: by the ring, and by the number of readers.
final class EventHub: Sendable {
    private struct Member {
        var number: Int
        let signals: AsyncStream<EventReader.Signal>.Continuation
        let fall: AsyncStream<Never>.Continuation
    }

    private struct State {
        var ring: EventRing
        var members: [Int: Member] = [:]
        var next = 0
        /// When there was a reader last.
        var watched: ContinuousClock.Instant?
    }

    static let maximumReaders = 16
    /// How long events are gathered after the last reader has gone: it may come back for the rest.
    static let patience: Duration = .seconds(60)

    private let time: any TimeSource
    private let state: Mutex<State>

    init(time: any TimeSource, ring: EventRing? = nil) {
        self.time = time
        state = Mutex(State(ring: ring ?? EventRing(epoch: String(UInt32.random(in: .min ... .max), radix: 16))))
    }

    /// Whether it is worth while to find out what happens.
    var isWatched: Bool {
        let now = time.now
        return state.withLock { state in
            !state.members.isEmpty || state.watched.map { $0.duration(to: now) < Self.patience } ?? false
        }
    }

    /// How many have come so far.
    var arrivals: Int { state.withLock(\.next) }

    /// How many read.
    var readers: Int { state.withLock(\.members.count) }

    /// Lets somebody in, from after the event that it had last, if that is known.
    ///
    /// - Returns: nil when there are too many already.
    func join(after lastEventID: String?) -> EventReader? {
        let now = time.now
        return state.withLock { state in
            guard state.members.count < Self.maximumReaders else { return nil }
            let asked = lastEventID.flatMap(state.ring.number)
            let resumed = asked.flatMap(state.ring.events(after:)) != nil
            let number = resumed ? asked ?? 0 : state.ring.last
            let (signals, signal) = AsyncStream.makeStream(
                of: EventReader.Signal.self,
                bufferingPolicy: .bufferingNewest(1)
            )
            let (falls, fall) = AsyncStream.makeStream(of: Never.self)
            let id = state.next
            state.next += 1
            state.members[id] = Member(number: number, signals: signal, fall: fall)
            state.watched = now
            // What it has missed is there already.
            signal.yield(.news)
            return EventReader(
                hub: self,
                id: id,
                greeting: Greeting(resumed: resumed, id: state.ring.id(of: number)).text,
                signals: signals,
                falls: falls
            )
        }
    }

    /// Tells an event to all.
    func publish(_ name: String, _ data: [UInt8]) {
        state.withLock { state in
            state.ring.append(name, data)
            let oldest = state.ring.oldest
            for (id, member) in state.members {
                if member.number < oldest {
                    state.members[id] = nil
                    member.signals.finish()
                    member.fall.finish()
                } else {
                    member.signals.yield(.news)
                }
            }
        }
    }

    /// Shows all that somebody is still there.
    func beat() {
        state.withLock { state in
            for member in state.members.values { member.signals.yield(.beat) }
        }
    }

    /// What a reader has not had yet; nil when it has fallen behind.
    fileprivate func news(of id: Int) -> [ByteBuffer]? {
        state.withLock { state in
            guard let number = state.members[id]?.number else { return nil }
            state.members[id]?.number = state.ring.last
            return state.ring.events(after: number)
        }
    }

    fileprivate func finish(_ id: Int) { state.withLock { $0.members[id]?.signals.finish() } }

    /// Says that a reader is there no more.
    fileprivate func leave(_ id: Int) {
        let now = time.now
        state.withLock { state in
            guard let member = state.members.removeValue(forKey: id) else { return }
            member.signals.finish()
            member.fall.finish()
            state.watched = now
        }
    }
}

/// Somebody who watches.
final class EventReader: Sendable {
    /// What there is to do.
    enum Signal: Sendable {
        /// There are events.
        case news
        /// There are none, and that is to be seen.
        case beat
    }

    /// What goes out first.
    let greeting: ByteBuffer
    /// When to write what; ends when all is told.
    let signals: AsyncStream<Signal>
    /// Ends when it has fallen behind, or is gone.
    let falls: AsyncStream<Never>
    private let hub: EventHub
    private let id: Int

    fileprivate init(
        hub: EventHub,
        id: Int,
        greeting: ByteBuffer,
        signals: AsyncStream<Signal>,
        falls: AsyncStream<Never>
    ) {
        (self.hub, self.id, self.greeting) = (hub, id, greeting)
        (self.signals, self.falls) = (signals, falls)
    }

    // An answer that is never begun takes no place.
    deinit { leave() }

    /// What has not been told yet; nil when some of it is gone.
    func news() -> [ByteBuffer]? { hub.news(of: id) }

    /// Lets it go once it has what there is.
    func finish() { hub.finish(id) }

    /// Gives the place free.
    func leave() { hub.leave(id) }
}

/// Tells a reader where it stands.
private struct Greeting {
    let resumed: Bool
    let id: String

    var text: ByteBuffer {
        var json = JSONWriter()
        json.beginObject()
        // Otherwise it has to read everything anew.
        json.field("resumed", resumed)
        json.endObject()
        return EventRing.text("hello", json.bytes, id: id)
    }
}
