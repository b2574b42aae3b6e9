import Aurelis
import Synchronization

extension RedisCacheStore {
    /// Stores what is taken and listens to invalidations, until the task is cancelled. To be called once.
    ///
    /// While it is about to end, what waits is left to `flush`.
    package func run() async {
        state.withLock { $0.hearing.started() }
        await withTaskGroup { group in
            group.addTask { await self.listen() }
            group.addTask {
                while !Task.isCancelled {
                    await self.work.wait()
                    await self.drain()
                }
            }
            group.addTask {
                while !Task.isCancelled {
                    await self.care.wait()
                    await self.careForRules()
                }
            }
            group.addTask {
                let interval = self.settings.retryInterval
                while (try? await self.time.sleep(until: self.time.now.advanced(by: interval))) != nil {
                    self.care.signal()
                }
            }
        }
    }

    private func listen() async {
        do {
            try await client.subscribe(to: [settings.invalidations]) { event in
                switch event {
                case .began:
                    self.state.withLock { $0.hearing.began() }
                    self.care.signal()
                case .message(_, let payload): self.hear(payload)
                case .ended(let error): self.lostHearing(error)
                }
            }
        } catch {
            lostHearing(error)
        }
    }

    private func hear(_ payload: [UInt8]) {
        // Another version may say what this one does not understand: then something may be missed.
        guard let rule = CacheInvalidation(payload: payload) else { return grow() }
        if state.withLock({ $0.rules.add(rule) }) { grow() }
    }

    private func lostHearing(_ error: RedisError) {
        let isLost = state.withLock { $0.hearing.ended() }
        if isLost { grow() }
        noteListening(error)
    }

    /// Reads the rules for a new subscription, tells Redis what it does not know, forgets what is over.
    func careForRules() async {
        let (epoch, wantsRules) = state.withLock { state in
            state.rules.forget(before: ruleHorizon)
            return (state.hearing.epoch, state.hearing.wantsRules)
        }
        if wantsRules {
            do {
                let stored = try await storedRules(deadline: settings.commandDeadline)
                merge(stored)
                restore(missingIn: stored)
                state.withLock { $0.hearing.loaded(for: epoch) }
                noteListening(nil)
            } catch {
                noteListening(error)
            }
        }
        await sendPendingRules(deadline: settings.commandDeadline)
    }

    /// A Redis that was restored from an old copy, or had too little memory, has answers but not every rule.
    private func restore(missingIn stored: [CacheInvalidation]) {
        var known = RedisCacheRules(maximumCount: settings.maximumRules)
        for rule in stored { known.add(rule) }
        state.withLock { state in
            for rule in state.rules.all where !known.imply(rule) { state.pending.add(rule) }
        }
    }
}
