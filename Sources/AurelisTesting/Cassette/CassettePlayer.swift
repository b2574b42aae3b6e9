public import Aurelis
internal import AurelisJSON
internal import Synchronization

/// A provider that answers as another one did when it was recorded, and fails on what was not.
///
///     let cassette = try Cassette(contentsOf: lines)
///     let orchestrator = ModelOrchestrator(providers: cassette.players())
///
/// A request that was recorded several times gets its answers in their order, and then the last one again and again.
public final class CassettePlayer: ModelProvider {
    /// How a cassette is played.
    public struct Options: Sendable, Hashable {
        /// Whether the time between pieces passes as it did.
        public var keepsDelays = true
        /// Whether a request may be made more often than it was recorded.
        public var repeatsLast = true

        /// As recorded, and the last answer again and again.
        public init() {}
    }

    private struct Name: Hashable {
        let key: CacheKey
        let stream: Bool
    }

    /// The name of the provider that was recorded.
    public let id: ProviderID
    /// The models that it was asked for.
    public let models: [ProviderModel]
    private let exchanges: [Name: [CassetteExchange]]
    private let recorded: [CassetteExchange]
    private let answersForUnknownModels: Bool
    private let options: Options
    private let time: any TimeSource
    private let played = Mutex<[Name: Int]>([:])

    init(
        _ id: ProviderID,
        _ recorded: [CassetteExchange],
        answersForUnknownModels: Bool,
        options: Options,
        time: any TimeSource
    ) {
        self.id = id
        self.recorded = recorded
        self.answersForUnknownModels = answersForUnknownModels
        self.options = options
        self.time = time
        exchanges = Dictionary(grouping: recorded) { Name(key: $0.key, stream: $0.stream) }
        var models: [ProviderModel] = []
        for exchange in recorded where !models.contains(where: { $0.id == exchange.model }) {
            models.append(ProviderModel(id: exchange.model, wireName: exchange.wireName))
        }
        self.models = models
    }

    /// The model, when it was asked for.
    public func model(_ id: ModelID, for operation: ModelOperation) -> ProviderModel? {
        models.first { $0.id == id }
            // Somebody has to say that nothing of the kind was recorded.
            ?? (answersForUnknownModels ? ProviderModel(id: id, wireName: id.canonical) : nil)
    }

    /// Plays the answer to an attempt.
    ///
    /// - Throws: what was recorded; `invalidRequest` for what was not, which nobody tries again elsewhere.
    public func send(_ attempt: ProviderAttempt) async throws(ModelError) -> ProviderAnswer {
        let name = Name(key: CacheKey(of: attempt, provider: id), stream: attempt.stream)
        let exchange = try next(name, attempt)
        guard attempt.stream, !exchange.isWhole else {
            for piece in exchange.pieces { try await wait(piece.delay) }
            if let failure = exchange.failure { throw failure }
            guard let document = exchange.pieces.last?.document else { throw .notRecorded("nothing was answered") }
            return .whole(document)
        }
        if exchange.pieces.isEmpty, let failure = exchange.failure { throw failure }
        return .stream(PlayedStream(exchange, delays: options.keepsDelays ? time : nil))
    }

    private func next(_ name: Name, _ attempt: ProviderAttempt) throws(ModelError) -> CassetteExchange {
        guard let takes = exchanges[name], let last = takes.last else {
            throw .notRecorded(difference(of: attempt))
        }
        let index = played.withLock { played in
            defer { played[name, default: 0] += 1 }
            return played[name, default: 0]
        }
        if index < takes.count { return takes[index] }
        guard options.repeatsLast else {
            throw .notRecorded("it was recorded \(takes.count) times and is made once more")
        }
        return last
    }

    private func wait(_ delay: Duration) async throws(ModelError) {
        guard options.keepsDelays, delay > .zero else { return }
        do { try await time.sleep(until: time.now.advanced(by: delay)) } catch {
            throw ModelError(.cancelled, "the caller gave up")
        }
    }

    /// In what the nearest recorded request differs.
    private func difference(of attempt: ProviderAttempt) -> String {
        let alike = recorded.filter { $0.operation == attempt.operation && $0.model == attempt.model.id }
        guard !alike.isEmpty else {
            let names = Set(recorded.map(\.model.canonical)).sorted().joined(separator: ", ")
            return "no request to \(attempt.model.id) was recorded, only to \(names.isEmpty ? "nobody" : names)"
        }
        let differences = alike.map { exchange -> [String] in
            guard let request = try? JSONDocument(exchange.request.bytes, limits: .response) else { return [] }
            let names = Set(request.root.members.map(\.key)).union(attempt.body.root.members.map(\.key))
            var different = names.filter { $0 != "stream" && request[$0]?.description != attempt.body[$0]?.description }
            if exchange.stream != attempt.stream { different.insert("stream") }
            return different.sorted()
        }
        let nearest = differences.min { $0.count < $1.count } ?? []
        return
            "the nearest recorded request differs in \(nearest.isEmpty ? "white space" : nearest.joined(separator: ", "))"
    }
}

extension Cassette {
    /// The recorded providers, in the order in which they were first asked.
    public func players(
        options: CassettePlayer.Options = CassettePlayer.Options(),
        time: any TimeSource = SystemTimeSource()
    ) -> [CassettePlayer] {
        var order: [ProviderID] = []
        for exchange in exchanges where !order.contains(exchange.provider) { order.append(exchange.provider) }
        if order.isEmpty { order = ["cassette"] }
        return order.map { id in
            CassettePlayer(
                id,
                exchanges.filter { $0.provider == id },
                answersForUnknownModels: id == order[0],
                options: options,
                time: time
            )
        }
    }
}

extension CassetteExchange {
    /// Whether it is a whole answer, which a server may give to who asks for a stream.
    fileprivate var isWhole: Bool {
        guard stream, pieces.count == 1, let document = pieces.first?.document else { return false }
        return document["choices"]?[0]?["message"] != nil
    }
}

extension ModelError {
    fileprivate static func notRecorded(_ reason: String) -> ModelError {
        ModelError(
            .invalidRequest,
            "the cassette has no answer to this request: \(reason)",
            code: "not_recorded",
            hint: "record it with `aurelis replay record`"
        )
    }
}

/// The chunks of a recorded stream.
private final class PlayedStream: ProviderStream {
    private struct State {
        var next = 0
        var isCancelled = false
    }

    private let exchange: CassetteExchange
    /// nil: without delays.
    private let time: (any TimeSource)?
    private let state = Mutex(State())

    init(_ exchange: CassetteExchange, delays time: (any TimeSource)?) {
        self.exchange = exchange
        self.time = time
    }

    func next() async throws(ModelError) -> ProviderEvent? {
        let (index, isCancelled) = state.withLock { state in
            defer { state.next += 1 }
            return (state.next, state.isCancelled)
        }
        guard !isCancelled else { return nil }
        guard index < exchange.pieces.count else {
            guard index == exchange.pieces.count else { return nil }
            if let failure = exchange.failure { throw failure }
            return .done
        }
        let piece = exchange.pieces[index]
        if let time, piece.delay > .zero {
            do { try await time.sleep(until: time.now.advanced(by: piece.delay)) } catch {
                throw ModelError(.cancelled, "the caller gave up")
            }
        }
        return ProviderEvent(piece.document)
    }

    func cancel() { state.withLock { $0.isCancelled = true } }
}
