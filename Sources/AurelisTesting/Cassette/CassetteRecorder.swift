public import Aurelis
internal import AurelisJSON
internal import Synchronization

/// A provider that passes everything on to another one, and records what comes back.
///
///     let recorder = CassetteRecorder(of: provider, redact: { $0 }) { line in file.append(line) }
///
/// Each exchange is one line, written as soon as it has ended: what was recorded before a crash is there after it. No
/// header field is ever seen here; texts pass through `redact` before they are written, those of a stream as a whole.
public final class CassetteRecorder: ModelProvider {
    private let provider: any ModelProvider
    private let tape: Tape

    /// Where lines go, and the clock that the time between pieces goes by.
    struct Tape: Sendable {
        let time: any TimeSource
        let redact: @Sendable (String) -> String
        let write: @Sendable ([UInt8]) -> Void
        /// An exchange that is larger is not recorded.
        static let maximumBytes = 32 << 20

        func record(_ exchange: CassetteExchange) {
            var exchange = exchange
            var texts = CassetteTexts()
            for (index, piece) in exchange.pieces.enumerated() { texts.note(piece.document, index) }
            exchange.pieces = texts.redacted(exchange.pieces, by: redact)
            let line = exchange.line
            guard line.count <= Self.maximumBytes else { return }
            let text = String(decoding: line, as: UTF8.self)
            write(Array(redact(text).utf8))
        }
    }

    /// Records what a provider answers.
    ///
    /// - Parameters:
    ///   - redact: blanks out what must not be written; it is given whole lines of JSON, and must leave them JSON.
    ///   - write: takes a line with its end; the first one that a file needs is `Cassette.header`.
    public init(
        of provider: any ModelProvider,
        time: any TimeSource = SystemTimeSource(),
        redact: @escaping @Sendable (String) -> String,
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.provider = provider
        tape = Tape(time: time, redact: redact, write: write)
    }

    /// The name of the provider that is recorded.
    public var id: ProviderID { provider.id }

    /// Its models.
    public var models: [ProviderModel] { provider.models }

    /// Where it answers.
    public var address: String { provider.address }

    /// Whose quota it uses.
    public var account: String { get async { await provider.account } }

    /// Why it cannot be asked.
    public var outage: ModelError? { provider.outage }

    /// The model as it serves it.
    public func model(_ id: ModelID, for operation: ModelOperation) -> ProviderModel? {
        provider.model(id, for: operation)
    }

    /// What it reports of its limits.
    public func headroom(of model: ProviderModel) -> Double? { provider.headroom(of: model) }

    /// As the recorded provider has it.
    public func told(of model: ProviderModel) -> QuotaPlan? { provider.told(of: model) }

    /// Passes an attempt on.
    public func send(_ attempt: ProviderAttempt) async throws(ModelError) -> ProviderAnswer {
        let start = tape.time.now
        do throws(ModelError) {
            switch try await provider.send(attempt) {
            case .whole(let document):
                let piece = CassetteExchange.Piece(after: start.duration(to: tape.time.now), document)
                tape.record(CassetteExchange(attempt, of: id, pieces: [piece], failure: nil))
                return .whole(document)
            case .stream(let events):
                return .stream(RecordedStream(events, attempt, of: id, since: start, tape))
            }
        } catch {
            if error.category != .cancelled {
                tape.record(CassetteExchange(attempt, of: id, pieces: [], failure: error))
            }
            throw error
        }
    }
}

/// The events of a stream that is recorded as it passes.
private final class RecordedStream: ProviderStream {
    private struct State {
        var pieces: [CassetteExchange.Piece] = []
        var last: ContinuousClock.Instant
        var bytes = 0
        var isRecorded = false
    }

    private let events: any ProviderStream
    private let attempt: ProviderAttempt
    private let provider: ProviderID
    private let tape: CassetteRecorder.Tape
    private let state: Mutex<State>

    init(
        _ events: any ProviderStream,
        _ attempt: ProviderAttempt,
        of provider: ProviderID,
        since start: ContinuousClock.Instant,
        _ tape: CassetteRecorder.Tape
    ) {
        self.events = events
        self.attempt = attempt
        self.provider = provider
        self.tape = tape
        state = Mutex(State(last: start))
    }

    func next() async throws(ModelError) -> ProviderEvent? {
        do throws(ModelError) {
            let event = try await events.next()
            if let chunk = event?.chunk { note(chunk) }
            if event?.isDone ?? true { record(nil) }
            return event
        } catch {
            if error.category != .cancelled { record(error) }
            throw error
        }
    }

    func cancel() { events.cancel() }

    func contentArrived() { events.contentArrived() }

    func expectEnd(within limit: Duration) { events.expectEnd(within: limit) }

    private func note(_ chunk: JSONDocument) {
        let now = tape.time.now
        state.withLock { state in
            state.bytes += chunk.bytes.count
            guard state.bytes <= CassetteRecorder.Tape.maximumBytes else { return }
            state.pieces.append(CassetteExchange.Piece(after: state.last.duration(to: now), chunk))
            state.last = now
        }
    }

    private func record(_ failure: ModelError?) {
        let pieces = state.withLock { state -> [CassetteExchange.Piece]? in
            guard !state.isRecorded else { return nil }
            state.isRecorded = true
            return state.bytes <= CassetteRecorder.Tape.maximumBytes ? state.pieces : nil
        }
        guard let pieces, failure != nil || !pieces.isEmpty else { return }
        tape.record(CassetteExchange(attempt, of: provider, pieces: pieces, failure: failure))
    }
}
