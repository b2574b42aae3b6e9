package import Aurelis
internal import Dispatch
internal import Synchronization

/// The credential of one provider: found in the first of several sources that has one, kept for requests to come.
///
///     let credentials = Credentials(settings: settings, environment: environment)
///     let credential = try await credentials.current()    // from memory but for the first time
///
/// Reading a file or running `gh` never holds up an event loop, happens once however many requests ask, and a
/// credential that is due for another look is used until that look is over.
package final class Credentials: Sendable {
    private struct State {
        var result: CredentialSearch.Result?
        /// When the result is looked at again; nil: never.
        var expiry: ContinuousClock.Instant?
        var lastSearch: ContinuousClock.Instant?
        /// When the result was read from its source; looks that found it unchanged do not count.
        var lastRead: ContinuousClock.Instant?
        var isSearching = false
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        /// Waiters whose task was cancelled before they began to wait.
        var cancelled: Set<Int> = []
        var nextWaiter = 0
    }

    private let search: CredentialSearch
    private let missing: MissingCredential
    private let isRequired: Bool
    private let time: any TimeSource
    private let state: Mutex<State>

    /// Credentials from some sources, the preferred one first.
    ///
    /// - Parameters:
    ///   - isRequired: whether a request cannot be sent without one.
    ///   - missing: how to say that there is none.
    package init(
        sources: [CredentialSource],
        kind: ProviderPreset.CredentialKind = .opaque,
        isRequired: Bool,
        missing: MissingCredential,
        time: any TimeSource = SystemTimeSource()
    ) {
        search = CredentialSearch(sources: sources, kind: kind)
        self.isRequired = isRequired
        self.missing = missing
        self.time = time
        var state = State()
        if let result = search.runImmediately() {
            state.result = result
            state.lastSearch = time.now
            state.lastRead = time.now
        }
        self.state = Mutex(state)
    }

    /// The credential; nil when there is none and none is needed.
    ///
    /// - Throws: `authentication`, saying what to set, when there is none; `cancelled` when the task is.
    package func current() async throws(ModelError) -> Credential? {
        while true {
            switch state.withLock({ look(&$0) }) {
            case .use(let result): return try credential(of: result)
            case .useAndRefresh(let result):
                startSearch()
                return try credential(of: result)
            case .wait: await searchEnd()
            }
            if Task.isCancelled { throw ModelError(.cancelled, "the caller went away") }
        }
    }

    /// What was found, and is not due for another look; nil: `current` is to look.
    var held: CredentialSearch.Result? {
        state.withLock { state in
            guard let expiry = state.expiry else { return state.result }
            return time.now < expiry ? state.result : nil
        }
    }

    /// Tells that the provider refused a credential: it is looked for anew before the next request.
    package func invalidate(_ credential: Credential) {
        let now = time.now
        state.withLock { state in
            guard let held = state.result?.credential, held.secret === credential.secret else { return }
            // Fresh from its source: a second look would find the same, and a wrong token must not start a `gh` for
            // every request.
            guard let last = state.lastSearch, last.duration(to: now) >= Self.shortestInterval else { return }
            state.result = nil
        }
    }

    /// What each source said in the last search.
    package var report: CredentialReport { state.withLock { $0.result?.report ?? CredentialReport() } }

    /// When the sources are looked at again; nil: never, or now.
    var nextLook: ContinuousClock.Instant? { state.withLock { $0.expiry } }

    private static let shortestInterval: Duration = .seconds(1)

    private func credential(of result: CredentialSearch.Result) throws(ModelError) -> Credential? {
        guard result.credential == nil, isRequired else { return result.credential }
        throw missing.error(result.report)
    }
}

// MARK: - Searching

extension Credentials {
    private enum Step {
        case use(CredentialSearch.Result)
        case useAndRefresh(CredentialSearch.Result)
        case wait
    }

    private func look(_ state: inout State) -> Step {
        guard let result = state.result else { return .wait }
        guard let expiry = state.expiry, time.now >= expiry else { return .use(result) }
        // That there is no credential is not worth using past its time, unless none is needed.
        guard result.credential != nil || !isRequired else {
            state.result = nil
            return .wait
        }
        guard !state.isSearching else { return .use(result) }
        state.isSearching = true
        return .useAndRefresh(result)
    }

    /// Returns when a search that began now or before is over, or the task is cancelled.
    private func searchEnd() async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in wait(id, continuation) }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.waiters.removeValue(forKey: id)
                if waiter == nil { state.cancelled.insert(id) }
                return waiter
            }
            waiter?.resume()
        }
        state.withLock { _ = $0.cancelled.remove(id) }
    }

    private func wait(_ id: Int, _ continuation: CheckedContinuation<Void, Never>) {
        enum Start { case nothing, search, resume }
        let start = state.withLock { state -> Start in
            if state.result != nil || state.cancelled.contains(id) { return .resume }
            state.waiters[id] = continuation
            if state.isSearching { return .nothing }
            state.isSearching = true
            return .search
        }
        switch start {
        case .nothing: break
        case .search: startSearch()
        case .resume: continuation.resume()
        }
    }

    /// Searches on a thread that may block; the one who set `isSearching` calls it.
    private func startSearch() {
        DispatchQueue.global(qos: .userInitiated).async { [self] in
            let (held, read) = state.withLock { ($0.result, $0.lastRead) }
            if let held, let read, search.isUnchanged(held, age: read.duration(to: time.now)) {
                finish(held, isNew: false)
            } else {
                finish(search.run(), isNew: true)
            }
        }
    }

    private func finish(_ result: CredentialSearch.Result, isNew: Bool) {
        let now = time.now
        let waiters = state.withLock { state in
            state.result = result
            state.expiry = result.lifetime.map { now.advanced(by: $0) }
            state.lastSearch = now
            if isNew { state.lastRead = now }
            state.isSearching = false
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }
}
