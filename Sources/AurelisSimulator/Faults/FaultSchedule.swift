/// Works through a fault script: which step is next, for which request.
struct FaultSchedule: Sendable {
    private struct Step: Sendable {
        var step: FaultStep
        var used = 0

        var isUsedUp: Bool {
            switch step.times {
            case .always: false
            case .count(let count): used >= count
            }
        }
    }

    private struct Outage: Sendable {
        var from: Duration
        var to: Duration
        var fault: Fault
        var stream: Bool?
    }

    let script: FaultScript
    private var steps: [ModelCatalog.Index: [Step]] = [:]
    private var stepsForAll: [Step] = []
    private var outages: [ModelCatalog.Index: [Outage]] = [:]
    private var outagesForAll: [Outage] = []
    /// Whether nothing can happen: the common case costs one look.
    let isEmpty: Bool

    init(_ script: FaultScript, catalog: ModelCatalog = .standard) {
        self.script = script
        isEmpty = !script.isRetired && script.steps.allSatisfy { $0.value.isEmpty }
        for (name, list) in script.steps {
            let consumed = list.filter { $0.outage == nil }.map { Step(step: $0) }
            let timed = list.compactMap { step in
                step.outage.map { Outage(from: $0.from, to: $0.to, fault: step.fault, stream: step.stream) }
            }
            if name == "*" {
                stepsForAll = consumed
                outagesForAll = timed
            } else if let model = catalog.index(of: name) {
                steps[model] = consumed
                outages[model] = timed
            }
        }
    }

    /// What is wrong with everything at this time, whatever is asked.
    ///
    /// - Parameter elapsed: the time since the start or the last reset.
    func outage(model: ModelCatalog.Index?, stream: Bool, elapsed: Duration) -> Fault? {
        if script.isRetired { return .retired }
        let candidates = (model.flatMap { outages[$0] } ?? []) + outagesForAll
        return candidates.first { outage in
            elapsed >= outage.from && elapsed < outage.to && (outage.stream == nil || outage.stream == stream)
        }?.fault
    }

    /// Takes the next step for a request.
    ///
    /// - Parameter chance: a number in 0 ..< 1 for steps with a probability.
    mutating func take(model: ModelCatalog.Index, stream: Bool, chance: Double) -> Fault? {
        if steps[model] != nil, let fault = Self.take(from: &steps[model, default: []], stream: stream, chance: chance)
        {
            return fault
        }
        return Self.take(from: &stepsForAll, stream: stream, chance: chance)
    }

    private static func take(from steps: inout [Step], stream: Bool, chance: Double) -> Fault? {
        guard
            let index = steps.firstIndex(where: { entry in
                !entry.isUsedUp && entry.step.applies(toStream: stream) && chance < entry.step.probability
            })
        else { return nil }
        if case .count = steps[index].step.times { steps[index].used += 1 }
        return steps[index].step.fault
    }
}

extension FaultStep {
    fileprivate var outage: (from: Duration, to: Duration)? {
        guard case .outage(let from, let to, _) = fault else { return nil }
        return (.bounded(seconds: from), .bounded(seconds: to))
    }
}
