internal import NIOCore

extension HTTPConnectionHandler {
    /// Hands a call to the connection's handler task, which the first call starts.
    ///
    /// An unstructured task: it bridges NIO's callbacks. It lives no longer than its connection, which cancels
    /// it, and the server's `run()` waits for both.
    func start(_ exchange: consuming Exchange) {
        if let exchangeWaiter {
            self.exchangeWaiter = nil
            return exchangeWaiter.resume(returning: exchange)
        }
        self.exchange = exchange
        guard task == nil else { return }
        let connection = NIOLoopBound(self, eventLoop: eventLoop)
        task = Task(executorPreference: loop.executor) { await connection.value.handleExchanges() }
    }

    /// Where the work for this connection runs.
    var executor: any TaskExecutor { loop.executor }

    private func handleExchanges() async {
        while let exchange = await nextExchange() {
            await exchange.run(on: self, loop.server)
        }
        endCount()
    }

    private func nextExchange() async -> Exchange? {
        if let exchange {
            self.exchange = nil
            return exchange
        }
        guard context != nil else { return nil }
        return await withCheckedContinuation { exchangeWaiter = $0 }
    }
}
