import Aurelis
import Logging
import Synchronization

extension RedisCacheStore {
    /// Notes how a lookup ended.
    func noteRead(_ error: RedisError?) {
        note(error, \.reading, failed: "the redis cache is not read", recovered: "the redis cache is read again")
    }

    /// Notes how a change ended.
    func noteWritten(_ error: RedisError?) {
        note(error, \.writing, failed: "the redis cache takes nothing", recovered: "the redis cache is written again")
    }

    /// Notes whether invalidations are heard.
    func noteListening(_ error: RedisError?) {
        note(
            error,
            \.listening,
            failed: "the redis cache hears of no invalidations, and answers nothing",
            recovered: "the redis cache hears of invalidations again"
        )
    }

    private func note(
        _ error: RedisError?,
        _ condition: any WritableKeyPath<State, RedisCacheCondition> & Sendable,
        failed: String,
        recovered: String
    ) {
        // The caller's own doing.
        if error?.code == .cancelled || error?.code == .shutdown { return }
        let change = state.withLock { state -> RedisCacheCondition.Change? in
            guard let error else { return state[keyPath: condition].succeeded() }
            state.statistics.failures += 1
            if error.code == .timeout { state.statistics.timeouts += 1 }
            state.statistics.lastError = error.description
            return state[keyPath: condition].failed()
        }
        switch change {
        case .failed: logger.warning("\(failed): \(error?.description ?? "")")
        case .recovered: logger.info("\(recovered)")
        case nil: break
        }
    }
}
