internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// Reads the configuration again on SIGHUP. A file that cannot be used changes nothing.
struct ConfigurationReload: Service {
    let engine: Engine
    let security: ServerSecurity
    let logger: Logger
    let read: @Sendable () throws -> Configuration

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do {
                let next = try read()
                let change = try security.prepare(next)
                try engine.reload(next)
                security.apply(change)
                logger.notice("the configuration was read again and is in effect")
            } catch {
                engine.trail.refused(error)
                logger.error("the configuration was read again and refused; nothing has changed: \(error)")
            }
        }
    }
}
