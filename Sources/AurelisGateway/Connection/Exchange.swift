internal import Aurelis

/// A request that needs the connection's task to be answered.
enum Exchange {
    case call(ModelExchange)
    // Boxed, so that calls carry nothing of it.
    indirect case stored(StoredExchange)

    /// Answers it. Runs on the connection's event loop.
    func run(on connection: HTTPConnectionHandler, _ server: ServerContext) async {
        switch self {
        case .call(var exchange): await exchange.run(on: connection, orchestrator: server.orchestrator())
        case .stored(let exchange): await exchange.run(on: connection, server.stored)
        }
    }
}
