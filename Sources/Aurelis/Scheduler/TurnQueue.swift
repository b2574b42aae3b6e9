/// Who waits for room in one quota, and whose turn it is: a state without I/O.
///
///     var queue = TurnQueue(limit: 100)
///     queue.join(1, tenant: "ci", .batch)
///     queue.join(2, tenant: "ann", .interactive)
///     queue.first                          // 2
///
/// Interactive requests go before batches. Among equals the tenants take turns, each with its oldest request: whoever
/// sends a thousand requests delays the others' one by one.
struct TurnQueue: Sendable {
    typealias ID = UInt64

    private struct Tenant: Sendable {
        let name: String
        var waiting: [ID]
    }

    /// The tenants of each priority, in the order of their turns; each has somebody who waits.
    private var lanes = [[Tenant]](repeating: [], count: RequestPriority.allCases.count)
    /// How many wait.
    private(set) var count = 0
    /// How many of one tenant may, with one priority: whoever sends too much is told so, not whoever comes next.
    var limit: Int

    init(limit: Int) { self.limit = limit }

    /// Whose turn it is; nil: nobody waits.
    var first: ID? { lanes.first { !$0.isEmpty }?.first?.waiting.first }

    /// Lets somebody wait; false when there is no room for one more.
    mutating func join(_ id: ID, tenant: String, _ priority: RequestPriority) -> Bool {
        guard limit > 0 else { return false }
        let lane = priority.lane
        if let index = lanes[lane].firstIndex(where: { $0.name == tenant }) {
            guard lanes[lane][index].waiting.count < limit else { return false }
            lanes[lane][index].waiting.append(id)
        } else {
            lanes[lane].append(Tenant(name: tenant, waiting: [id]))
        }
        count += 1
        return true
    }

    /// Somebody waits no more.
    ///
    /// - Parameter served: it was their turn, and they took it: the next turn is another tenant's.
    mutating func leave(_ id: ID, served: Bool) {
        guard let (lane, index) = place(of: id) else { return }
        count -= 1
        var tenant = lanes[lane].remove(at: index)
        tenant.waiting.removeAll { $0 == id }
        guard !tenant.waiting.isEmpty else { return }
        lanes[lane].insert(tenant, at: served ? lanes[lane].count : index)
    }

    /// How many have their turn before somebody who waits; nil: they do not wait.
    func ahead(of id: ID) -> Int? {
        guard let (lane, index) = place(of: id),
            let own = lanes[lane][index].waiting.firstIndex(of: id)
        else { return nil }
        var ahead = own + lanes[..<lane].reduce(0) { $0 + $1.reduce(0) { $0 + $1.waiting.count } }
        for (position, tenant) in lanes[lane].enumerated() where position != index {
            ahead += min(tenant.waiting.count, position < index ? own + 1 : own)
        }
        return ahead
    }

    /// How many would have their turn before somebody who came now.
    func ahead(ofNext tenant: String, _ priority: RequestPriority) -> Int {
        let lane = priority.lane
        let before = lanes[..<lane].reduce(0) { $0 + $1.reduce(0) { $0 + $1.waiting.count } }
        guard let index = lanes[lane].firstIndex(where: { $0.name == tenant }) else {
            return before + lanes[lane].count
        }
        let own = lanes[lane][index].waiting.count
        return before + own
            + lanes[lane].enumerated().reduce(0) { sum, other in
                guard other.offset != index else { return sum }
                return sum + min(other.element.waiting.count, other.offset < index ? own + 1 : own)
            }
    }

    private func place(of id: ID) -> (lane: Int, index: Int)? {
        for lane in lanes.indices {
            if let index = lanes[lane].firstIndex(where: { $0.waiting.contains(id) }) { return (lane, index) }
        }
        return nil
    }
}

extension RequestPriority {
    fileprivate var lane: Int { self == .interactive ? 0 : 1 }
}
