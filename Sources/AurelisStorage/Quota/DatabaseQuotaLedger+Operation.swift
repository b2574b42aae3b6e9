internal import Aurelis

extension DatabaseQuotaLedger {
    /// Something to be done to the books.
    enum Operation: Sendable {
        case reserve(QuotaDemand, id: String, FirstResult<QuotaDecision?>)
        /// A block for requests to come.
        case lease(QuotaDemand, id: String, since: Int64)
        case settle(QuotaTicket, QuotaTicket.End)
        /// What is sent only now.
        case postpone(QuotaTicket, QuotaDemand, at: Int64)
        /// What a refusal told at a time.
        case learn(QuotaLesson, QuotaMeterID, QuotaPlan, at: Int64)
        case renew([QuotaTicket])
        /// Some meters moved with the clock.
        case follow([QuotaMeterID])
        /// What was allowed while the file could not be used.
        case count(QuotaDemand, id: String, at: Int64)
    }
}

extension QuotaBooks {
    /// Does one operation.
    ///
    /// - Returns: the decision on what is to be reserved.
    mutating func perform(_ operation: DatabaseQuotaLedger.Operation, at now: Int64) -> QuotaDecision? {
        switch operation {
        case .reserve(let demand, let id, _), .lease(let demand, let id, _): return reserve(demand, as: id, at: now)
        case .settle(let ticket, let end): settle(ticket, end)
        case .postpone(let ticket, let demand, let time): postpone(ticket, demand, at: time)
        case .learn(let lesson, let meter, let plan, let time): learn(lesson, of: meter, under: plan, at: time)
        case .renew(let tickets): renew(tickets, at: now)
        // Whatever is touched follows the clock.
        case .follow: break
        case .count(let demand, let id, let time): count(demand, as: id, at: time)
        }
        return nil
    }
}

extension DatabaseQuotaLedger.Operation {
    /// What it touches.
    var meters: [QuotaMeterID] {
        switch self {
        case .reserve(let demand, _, _), .lease(let demand, _, _), .count(let demand, _, _): demand.meters.map(\.id)
        case .settle(let ticket, _), .postpone(let ticket, _, _): ticket.meters
        case .learn(_, let meter, _, _): [meter]
        case .renew(let tickets): tickets.flatMap(\.meters)
        case .follow(let meters): meters
        }
    }
}
