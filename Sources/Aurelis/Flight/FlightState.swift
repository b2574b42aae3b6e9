/// One call under way and everybody who waits for its answer: who there is, how far each has got, and when nobody is
/// left. A value without continuations or tasks: it says who has news, `Flight` wakes them.
struct FlightState<Landing: Sendable, Event: Sendable>: Sendable {
    typealias PassengerID = Int

    /// What a passenger finds who looks.
    enum News {
        /// Nothing yet.
        case none
        case landed(Landing)
        case event(Event)
        case ended
        /// The passenger has left, or the stream broke before its place: it waits for nothing.
        case gone
    }

    /// What is to be done after a change.
    struct Action: Equatable {
        /// Those who have news.
        var wakes: Set<PassengerID> = []
        /// Whether the one who reads the stream has room again.
        var wakesReader = false
        /// Whether nobody is left: the work may stop.
        var abandons = false
    }

    /// How many events are read ahead of the fastest passenger.
    static var readAhead: Int { 64 }
    /// The most bytes that are kept for those who come late, or are slow.
    static var maximumBytes: Int { 4 << 20 }

    private var landing: Landing?
    private var isStreaming = false
    private var hasEnded = false
    /// The events that are kept, and the place of the first of them in the stream.
    private var events: [Event] = []
    private var firstPlace = 0
    private var sizes: [Int] = []
    private var bytes = 0
    /// Whether nobody can join any more: the beginning is gone, or everybody has left.
    private var isClosed = false
    /// How many events each passenger has taken.
    private var places: [PassengerID: Int] = [:]
    private var nextID = 0

    /// The number of passengers.
    var passengers: Int { places.count }

    /// Takes one more passenger; nil when it is too late.
    mutating func board() -> PassengerID? {
        guard !isClosed else { return nil }
        defer { nextID += 1 }
        places[nextID] = 0
        return nextID
    }

    /// A passenger wants no more.
    mutating func leave(_ id: PassengerID) -> Action {
        guard places.removeValue(forKey: id) != nil else { return Action() }
        trim()
        let abandons = places.isEmpty && !isOver
        if abandons { isClosed = true }
        return Action(wakes: [id], wakesReader: hasRoom, abandons: abandons)
    }

    /// The answer is there, or its beginning: its events follow.
    mutating func land(_ landing: Landing, streams: Bool) -> Action {
        guard self.landing == nil else { return Action() }
        self.landing = landing
        isStreaming = streams
        return Action(wakes: Set(places.keys))
    }

    /// The stream's next event.
    mutating func append(_ event: Event, size: Int) -> Action {
        guard isStreaming, !hasEnded else { return Action() }
        let place = firstPlace + events.count
        events.append(event)
        sizes.append(size)
        bytes += size
        if bytes > Self.maximumBytes { isClosed = true }
        trim()
        return Action(wakes: Set(places.filter { $0.value == place }.keys))
    }

    /// The stream has no more events.
    mutating func end() -> Action {
        hasEnded = true
        return Action(wakes: Set(places.keys))
    }

    /// What a passenger finds who has waited for the landing.
    func landing(for id: PassengerID) -> News {
        guard places[id] != nil else { return .gone }
        return landing.map(News.landed) ?? .none
    }

    /// The next event for a passenger, who then has it; and what that changes for others.
    mutating func take(_ id: PassengerID) -> (news: News, action: Action) {
        guard let place = places[id] else { return (.gone, Action()) }
        guard place < firstPlace + events.count else { return (hasEnded ? .ended : .none, Action()) }
        let event = events[place - firstPlace]
        let hadRoom = hasRoom
        places[id] = place + 1
        trim()
        return (.event(event), Action(wakesReader: !hadRoom && hasRoom))
    }

    /// Whether a passenger who wants the next event has to wait no longer.
    func hasNews(for id: PassengerID) -> Bool {
        guard let place = places[id] else { return true }
        return hasEnded || place < firstPlace + events.count
    }

    /// Whether another event may be read: not too far ahead of the fastest, and nothing lost for the slowest.
    var hasRoom: Bool {
        let end = firstPlace + events.count
        guard let fastest = places.values.max() else { return true }
        return end - fastest < Self.readAhead && bytes <= Self.maximumBytes
    }

    private var isOver: Bool { hasEnded || (landing != nil && !isStreaming) }

    /// Drops what everybody has, once the answer is too long to be kept whole.
    private mutating func trim() {
        guard isClosed, let slowest = places.values.min(), slowest > firstPlace else { return }
        let count = slowest - firstPlace
        bytes -= sizes[..<count].reduce(0, +)
        events.removeFirst(count)
        sizes.removeFirst(count)
        firstPlace = slowest
    }
}
