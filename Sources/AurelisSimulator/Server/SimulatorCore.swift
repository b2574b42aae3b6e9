internal import NIOCore
internal import Synchronization

/// What all connections share: it takes requests, decides, and keeps the books. No I/O.
final class SimulatorCore: Sendable {
    /// A request as a connection has read it.
    struct Request: Sendable {
        var endpoint: Endpoint
        var method: String
        var target: String
        var credentials: CredentialVerdict
        var body: ByteBuffer
        var headerNames: [String]
        var tag: String?
    }

    /// What to do about a request.
    enum Decision: Sendable {
        /// Send these bytes, with the request id filled in; there is nothing to be told afterwards.
        case prepared(PreparedAnswer, RequestID)
        case played(Reply, Fault?, RequestID, Ticket)
    }

    /// A request whose answer is on its way.
    struct Ticket: Sendable {
        /// When the request came; its delays count from here, not from whenever a thread got to them.
        let arrival: SimulatorInstant
        var sequence: Int
        var generation: Int
        var lease: QuotaStateMachine.Lease?
    }

    struct State: Sendable {
        var timeline: Timeline
        /// When the simulator began, or was reset last.
        var epoch = SimulatorInstant.start
        var quota: QuotaStateMachine
        var faults: FaultSchedule
        var log: RequestLog
        var generation = 0
        var watchers: [LogWatcher] = []

        var elapsed: Duration { epoch.duration(to: timeline.now) }
    }

    let configuration: SimulatorConfiguration
    let catalog = ModelCatalog.standard
    let state: Mutex<State>
    private let interpreter: RequestInterpreter
    private let memo = Mutex(AnswerMemo())
    private let listings: [Surface: Reply]

    init(_ configuration: SimulatorConfiguration, clock: SimulatorClock) {
        var configuration = configuration
        if !(configuration.timeScale > 0 && configuration.timeScale.isFinite) { configuration.timeScale = 1 }
        self.configuration = configuration
        interpreter = RequestInterpreter(tier: configuration.tier, seed: configuration.seed)
        listings = Dictionary(
            uniqueKeysWithValues: [Surface.current, .legacy, .openAI].map { surface in
                (surface, Reply(document: ModelCatalog.standard.listing(for: surface)))
            }
        )
        state = Mutex(
            State(
                timeline: Timeline(clock: clock, scale: configuration.timeScale),
                quota: QuotaStateMachine(perMinuteOverAll: configuration.requestsPerMinuteOverAllModels),
                faults: FaultSchedule(configuration.faults),
                log: RequestLog(
                    capacity: configuration.requestLogCapacity,
                    recordsBodies: configuration.recordsBodies
                )
            )
        )
    }

    // MARK: - Requests

    /// Decides about a request.
    ///
    /// - Parameter isPlain: whether the client takes an answer as it is prepared.
    func receive(_ request: Request, isPlain: Bool) -> Decision {
        switch request.endpoint {
        case .unknown:
            let path = String(request.target.prefix { $0 != "?" })
            return refuse(request, .notFound(path))
        case .control:
            return refuse(request, .notFound(request.target))
        case .models(let surface):
            return list(request, surface)
        case .chat, .embeddings:
            return infer(request, isPlain: isPlain)
        }
    }

    /// Notes a request that gets a refusal whatever the books say.
    func refuse(_ request: Request, _ error: PlatformError) -> Decision {
        withBooks { state in
            reply(Reply(error), to: request, of: nil, fault: nil, lease: nil, &state)
        }
    }

    private func list(_ request: Request, _ surface: Surface) -> Decision {
        withBooks { state in
            if let fault = outage(nil, &state) {
                return reply(Reply(fault.answer), to: request, of: nil, fault: fault, lease: nil, &state)
            }
            let answer = request.credentials.refusal.map { Reply($0) } ?? listings[surface] ?? Reply(.serverError)
            return reply(answer, to: request, of: nil, fault: nil, lease: nil, &state)
        }
    }

    private func infer(_ request: Request, isPlain: Bool) -> Decision {
        // Before the body is looked at: neither says anything about it.
        if let early = withBooks({ refusalBeforeReading(request, &$0) }) { return early }
        guard case .account(let account) = request.credentials else { return refuse(request, .budget) }
        let prepared = prepare(request)
        return withBooks { state in
            decide(request, prepared, account: account, isPlain: isPlain, &state)
        }
    }

    private func refusalBeforeReading(_ request: Request, _ state: inout State) -> Decision? {
        if state.faults.script.isRetired {
            return reply(Reply(.retired), to: request, of: nil, fault: .retired, lease: nil, &state)
        }
        guard let refusal = request.credentials.refusal else { return nil }
        return reply(Reply(refusal), to: request, of: nil, fault: nil, lease: nil, &state)
    }

    private func decide(
        _ request: Request,
        _ prepared: PreparedAnswer,
        account: UInt64,
        isPlain: Bool,
        _ state: inout State
    ) -> Decision {
        let interpretation = prepared.interpretation
        if let fault = outage(interpretation, &state) {
            return reply(Reply(fault.answer), to: request, of: interpretation, fault: fault, lease: nil, &state)
        }
        var lease: QuotaStateMachine.Lease?
        var fault: Fault?
        if interpretation.isCharged, let model = interpretation.model {
            if configuration.enforcesQuotas, let limits = catalog[model].rateTier.limits(for: configuration.tier) {
                let key = QuotaStateMachine.Key(account: account, model: model)
                switch state.quota.admit(key, limits: limits, at: state.timeline.now) {
                case .admitted(let granted): lease = granted
                case .refused(let refusal):
                    let error = PlatformError.rateLimit(refusal)
                    return reply(Reply(error), to: request, of: interpretation, fault: nil, lease: nil, &state)
                }
            }
            fault = nextFault(interpretation, model, &state)
        }
        guard fault == nil, isPlain, configuration.latency == .none else {
            let answer = answer(prepared, fault)
            return reply(answer, to: request, of: interpretation, fault: fault, lease: lease, &state)
        }
        if let lease { state.quota.release(lease) }
        var record = record(of: request, interpretation, state)
        record.status = prepared.reply.status
        record.isFinished = true
        let sequence = state.log.append(record)
        return .prepared(prepared, RequestID(seed: configuration.seed, sequence: sequence))
    }

    private func prepare(_ request: Request) -> PreparedAnswer {
        let isShort = request.body.readableBytes <= AnswerMemo.longestBody
        let hash = isShort ? AnswerMemo.hash(request.endpoint, request.body) : 0
        if isShort, let known = memo.withLock({ $0.answer(hash, request.endpoint, request.body) }) { return known }
        let bytes = Array(request.body.readableBytesView)
        let interpretation =
            switch request.endpoint {
            case .chat(let surface): interpreter.interpretChat(bytes, on: surface)
            case .embeddings(let surface): interpreter.interpretEmbeddings(bytes, on: surface)
            case .models, .control, .unknown: Interpretation(.refused(.badRequest))
            }
        let prepared = PreparedAnswer(interpretation, catalog: catalog)
        if isShort { memo.withLock { $0.remember(prepared, hash, request.endpoint, request.body) } }
        return prepared
    }

    private func answer(_ prepared: PreparedAnswer, _ fault: Fault?) -> Reply {
        switch fault {
        case .status, .retired, .outage, .wrongContentType: Reply(fault?.answer ?? .serverError)
        case .emptyChoices: prepared.reply.withoutChoices(of: prepared.interpretation)
        default: prepared.reply
        }
    }
}

extension CredentialVerdict {
    fileprivate var refusal: PlatformError? {
        guard case .refused(let error) = self else { return nil }
        return error
    }
}
