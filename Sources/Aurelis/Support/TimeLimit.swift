/// Does the work, unless it takes longer than `limit`: then it is cancelled, and nil is returned once it has ended.
///
/// Cancelling the task cancels the work; what the work then throws is thrown.
func within<Success: Sendable>(
    _ limit: Duration,
    time: any TimeSource,
    _ work: @escaping @Sendable () async throws(ModelError) -> Success
) async throws(ModelError) -> Success? {
    let end = time.now.advanced(by: limit)
    let outcome = await withTaskGroup(of: TimeLimitEvent<Success>.self) { group -> Result<Success, ModelError>? in
        group.addTask {
            do throws(ModelError) { return .done(.success(try await work())) } catch { return .done(.failure(error)) }
        }
        group.addTask {
            do { try await time.sleep(until: end) } catch { return .timerCancelled }
            return .expired
        }
        var isExpired = false
        while let event = await group.next() {
            switch event {
            case .done(let result):
                group.cancelAll()
                // What was ready at the last moment is not thrown away.
                if case .failure = result, isExpired { return nil }
                return result
            case .expired:
                isExpired = true
                group.cancelAll()
            case .timerCancelled:
                continue
            }
        }
        return nil
    }
    return try outcome?.get()
}

private enum TimeLimitEvent<Success: Sendable>: Sendable {
    case done(Result<Success, ModelError>)
    case expired
    case timerCancelled
}
