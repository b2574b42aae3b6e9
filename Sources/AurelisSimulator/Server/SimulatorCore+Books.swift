internal import NIOCore
internal import Synchronization

/// Log, quota and faults, under the lock.
extension SimulatorCore {
    func outage(_ interpretation: Interpretation?, _ state: inout State) -> Fault? {
        guard !state.faults.isEmpty else { return nil }
        return state.faults.outage(
            model: interpretation?.model,
            stream: interpretation?.stream ?? false,
            elapsed: state.elapsed
        )
    }

    func nextFault(
        _ interpretation: Interpretation,
        _ model: ModelCatalog.Index,
        _ state: inout State
    ) -> Fault? {
        guard !state.faults.isEmpty else { return nil }
        var hash = StableHash(seed: configuration.seed)
        hash.combine(UInt64(state.log.nextSequence))
        var generator = SeededGenerator(seed: hash.value)
        let fault = state.faults.take(model: model, stream: interpretation.stream, chance: generator.unit())
        return fault == .pass ? nil : fault
    }

    func record(
        of request: Request,
        _ interpretation: Interpretation?,
        _ state: borrowing State
    ) -> RequestLog.Record {
        RequestLog.Record(
            time: state.elapsed,
            method: request.method,
            target: request.target,
            model: interpretation?.model,
            stream: interpretation?.stream ?? false,
            bytesReceived: request.body.readableBytes,
            headerNames: request.headerNames,
            tag: request.tag,
            body: configuration.recordsBodies ? request.body : nil
        )
    }

    func reply(
        _ reply: Reply,
        to request: Request,
        of interpretation: Interpretation?,
        fault: Fault?,
        lease: QuotaStateMachine.Lease?,
        _ state: inout State
    ) -> Decision {
        var record = record(of: request, interpretation, state)
        record.fault = fault
        let sequence = state.log.append(record)
        let ticket = Ticket(
            arrival: state.timeline.now,
            sequence: sequence,
            generation: state.generation,
            lease: lease
        )
        return .played(reply, fault, RequestID(seed: configuration.seed, sequence: sequence), ticket)
    }

    /// Notes that the status line has gone out.
    func began(_ ticket: Ticket, status: Int) {
        withBooks { state in
            guard ticket.generation == state.generation else { return }
            state.log.update(ticket.sequence) { $0.status = status }
        }
    }

    /// Notes that an answer has been handed over, or that its client left before, and frees its slot.
    func ended(_ ticket: Ticket, clientDisconnected: Bool) {
        withBooks { state in
            if let lease = ticket.lease { state.quota.release(lease) }
            guard ticket.generation == state.generation else { return }
            state.log.update(ticket.sequence) { record in
                record.isFinished = !clientDisconnected
                record.clientDisconnected = clientDisconnected
            }
        }
    }
}
