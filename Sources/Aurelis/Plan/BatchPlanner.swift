internal import AurelisJSON

/// Makes a plan of a batch, item by item, as the batch would ask them.
package struct BatchPlanner: Sendable {
    private let orchestrator: ModelOrchestrator
    /// Items that an earlier run has settled.
    private let settled: BatchSettled
    private var forecast = QuotaForecast()
    private var names: [String: Int] = [:]
    private var keys: Set<BatchKey> = []
    /// Until when the items of a model, or of a task, have been put off.
    private var lanes: [String: Int64] = [:]
    private var indices: [Route: Int] = [:]
    /// What has come of it so far.
    package private(set) var plan: BatchPlan

    /// An empty plan.
    ///
    /// - Parameter settled: the items that an earlier run has settled: they are no part of it.
    package init(_ orchestrator: ModelOrchestrator, settled: BatchSettled = BatchSettled()) {
        self.orchestrator = orchestrator
        self.settled = settled
        keys = Set(settled.answers.keys)
        plan = BatchPlan(
            start: orchestrator.wallClock.millisecondsSinceEpoch,
            orchestrator.configuration.safety
        )
    }

    /// Takes the next item.
    package mutating func add(_ line: BatchLine) async {
        guard !settled.has(line.number) else { return }
        plan.items += 1
        plan.credentials.add(line)
        do throws(ModelError) {
            if let name = line.item.customID {
                if let first = names[name] { throw .duplicateName(line.number, of: first) }
                names[name] = line.number
            }
            var call = try line.item.call.get()
            call.priority = .batch
            let key = BatchKey(call)
            if let key, keys.contains(key) {
                plan.coalesced += 1
                return
            }
            try await ask(call)
            if let key { keys.insert(key) }
        } catch {
            plan.invalid += 1
            guard plan.problems.count < BatchPlan.maximumProblems else { return }
            plan.problems.append(BatchPlan.Problem(line: line.number, error: error))
        }
    }

    private mutating func ask(_ call: ModelCall) async throws(ModelError) {
        var journey = Journey(call: call, configuration: orchestrator.configuration, start: orchestrator.time.now)
        let candidates = try orchestrator.router.candidates(for: call, journey: &journey, at: orchestrator.time.now)
        let from = lanes[call.lane] ?? plan.start
        var best: (candidate: Candidate, demand: QuotaDemand?, opening: Int64)?
        for candidate in candidates {
            if await isKept(call, by: candidate) {
                plan.cached += 1
                return
            }
            let demand = await orchestrator.demand(of: call, on: candidate)
            guard let opening = await opening(for: demand, from: from) else { continue }
            if opening < best?.opening ?? .max { best = (candidate, demand, opening) }
            // Those after it would not be asked.
            if opening <= from { break }
        }
        guard let best else {
            throw ModelError(
                .contextLength,
                "it alone is more than the quota of any model that could answer it",
                code: "quota_too_small"
            )
        }
        lanes[call.lane] = best.opening
        let size = Size(of: call, on: best.candidate.model, tokenizers: orchestrator.router.tokenizers)
        if let demand = best.demand {
            forecast.take(demand, using: size.cost(by: best.candidate.model.price), at: best.opening)
        }
        count(size, by: best.candidate, at: best.opening)
    }

    private func isKept(_ call: ModelCall, by candidate: Candidate) async -> Bool {
        guard let cache = orchestrator.cache, case .consult(let plan) = cache.plan(for: call, on: candidate), plan.reads
        else { return false }
        return await cache.has(plan)
    }

    private mutating func opening(for demand: QuotaDemand?, from time: Int64) async -> Int64? {
        guard let demand, let quota = orchestrator.quota else { return time }
        let unknown = demand.meters.filter { !forecast.knows($0.id) }
        if !unknown.isEmpty {
            let plans = Dictionary(unknown.map { ($0.id, $0.plan) }) { first, _ in first }
            for standing in await quota.standings(of: plans) { forecast.begin(standing) }
        }
        return forecast.opening(for: demand, from: time)
    }

    private mutating func count(_ size: Size, by candidate: Candidate, at time: Int64) {
        let index = indices[candidate.route] ?? plan.shares.count
        if index == plan.shares.count {
            indices[candidate.route] = index
            let cost: Int64? = candidate.model.price == nil ? nil : 0
            plan.shares.append(
                BatchPlan.Share(
                    provider: candidate.provider.id,
                    model: candidate.model.id,
                    promptCost: cost,
                    greatestCost: cost,
                    end: time
                )
            )
        }
        plan.shares[index].add(size, price: candidate.model.price, at: time)
    }

    /// How large a request and its answer are.
    fileprivate struct Size {
        let prompt: Int
        /// The longest that the answer may be; nil: nobody says.
        let answer: Int?

        init(of call: ModelCall, on model: ProviderModel, tokenizers: ModelTokenizers) {
            prompt = PromptTokens(of: call.body, by: tokenizers[model.id]).estimate.typical
            guard call.operation == .chatCompletion else {
                answer = 0
                return
            }
            let limits = [call.answerTokens, model.outputLimit.map(call.answerTokens(of:))].compactMap(\.self)
            answer = limits.min()
        }

        func cost(by price: TokenPrice?) -> QuotaCost {
            let usage = TokenUsage(prompt: prompt, completion: answer ?? 0)
            return QuotaCost(tokens: Int64(clamping: usage.total), money: price?.cost(of: usage) ?? 0)
        }
    }
}

extension BatchPlan.Share {
    fileprivate mutating func add(_ size: BatchPlanner.Size, price: TokenPrice?, at time: Int64) {
        requests += 1
        promptTokens += size.prompt
        answerTokens = answerTokens.flatMap { sum in size.answer.map { sum + $0 } }
        end = max(end, time)
        guard let price else { return }
        let prompt = price.cost(of: TokenUsage(prompt: size.prompt, completion: 0))
        promptCost = promptCost.map { $0.addingWithoutOverflow(prompt) }
        guard let answer = size.answer else {
            greatestCost = nil
            return
        }
        let whole = price.cost(of: TokenUsage(prompt: size.prompt, completion: answer))
        greatestCost = greatestCost.map { $0.addingWithoutOverflow(whole) }
    }
}

extension Int64 {
    /// The sum; the largest number when it is more.
    fileprivate func addingWithoutOverflow(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
