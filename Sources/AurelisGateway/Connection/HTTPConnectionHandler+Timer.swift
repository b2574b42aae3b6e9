internal import AurelisServing
internal import Logging
internal import NIOCore

/// The time limit a connection is under, and the one callback that watches it.
///
/// Moving the limit costs a clock reading at most: the callback that is already scheduled looks at the limit when it
/// fires, and is scheduled anew only then.
struct ConnectionTimer {
    /// What the limit is for.
    enum Purpose: Equatable {
        case wait(HTTPServerConnectionStateMachine.Wait)
        case memory
        /// The client takes its answer; so many bytes were outstanding when the limit was set.
        case write(outstanding: Int)
    }

    var purpose: Purpose?
    var deadline: NIODeadline?
    var scheduled: (callback: NIOScheduledCallback, deadline: NIODeadline)?
    var bodyStart = NIODeadline.distantPast
    var bodyHasMoved = false

    /// A piece of the body came, which extends its limit.
    mutating func bodyMoved() { bodyHasMoved = true }

    mutating func cancel() {
        scheduled?.callback.cancel()
        self = ConnectionTimer()
    }
}

extension HTTPConnectionHandler {
    /// Brings the time limit in line with what the connection waits for now.
    func updateTimer() {
        guard context != nil else { return }
        let purpose = self.purpose
        guard purpose != timer.purpose || timer.bodyHasMoved else { return }
        let isNew = purpose != timer.purpose
        timer.purpose = purpose
        timer.bodyHasMoved = false
        guard let purpose, let limit = limit(of: purpose) else {
            timer.deadline = nil
            return
        }
        let now = NIODeadline.now()
        var deadline = now + limit
        if purpose == .wait(.body) {
            if isNew { timer.bodyStart = now }
            let limit = configuration.timeLimits.body(
                received: machine.receivedBody ?? 0,
                isUpload: machine.isReceivingUpload
            )
            deadline = min(deadline, timer.bodyStart + TimeAmount(limit))
        }
        timer.deadline = deadline
        schedule(deadline)
    }

    private var purpose: ConnectionTimer.Purpose? {
        if waitsForMemory { return .memory }
        if !isWritable || machine.isFlushing {
            if case .write = timer.purpose { return timer.purpose }
            return .write(outstanding: outstandingBytes)
        }
        return switch machine.wait {
        case .none: nil
        case let wait: .wait(wait)
        }
    }

    private func limit(of purpose: ConnectionTimer.Purpose) -> TimeAmount? {
        let limits = configuration.timeLimits
        return switch purpose {
        case .memory: TimeAmount(limits.memory)
        case .write: TimeAmount(limits.write)
        case .wait(.head): TimeAmount(limits.head)
        case .wait(.body): TimeAmount(limits.bodyInactivity)
        case .wait(.nextRequest): TimeAmount(limits.keepAlive)
        case .wait(.linger): TimeAmount(limits.linger)
        case .wait(.none): nil
        }
    }

    private func schedule(_ deadline: NIODeadline) {
        if let scheduled = timer.scheduled {
            guard deadline < scheduled.deadline else { return }
            timer.scheduled = nil
            scheduled.callback.cancel()
        }
        let connection = NIOLoopBound(self, eventLoop: eventLoop)
        guard
            let callback = try? eventLoop.scheduleCallback(at: deadline, handler: TimerCallback(connection: connection))
        else { return }
        timer.scheduled = (callback, deadline)
    }

    fileprivate func timerFired() {
        timer.scheduled = nil
        guard context != nil, let deadline = timer.deadline, let purpose = timer.purpose else { return }
        guard NIODeadline.now() >= deadline else { return schedule(deadline) }
        timer.deadline = nil
        timer.purpose = nil
        switch purpose {
        case .memory:
            refuse(.noMemory)
        case .write(let outstanding):
            guard outstandingBytes < outstanding else {
                logger.debug("a client took nothing of its answer in time")
                return close()
            }
            updateTimer()
        case .wait:
            switch machine.timedOut() {
            case .none: updateTimer()
            case .close: close()
            case .refuse(let failure):
                releaseBody()
                write(ErrorResponse.make(failure, requestID: requestID))
            }
        }
    }

    private var outstandingBytes: Int {
        (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}

/// Carries the loop-bound connection through NIO's timers, which want a Sendable handler.
private struct TimerCallback: NIOScheduledCallbackHandler, Sendable {
    let connection: NIOLoopBound<HTTPConnectionHandler>

    func handleScheduledCallback(eventLoop: some EventLoop) { connection.value.timerFired() }
}
