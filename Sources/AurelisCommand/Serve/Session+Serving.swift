internal import AurelisApp

extension Session {
    /// Serves until a signal ends it, and says so.
    ///
    /// - Parameters:
    ///   - providers: who answers, for the announcement; nil: whom the configuration names.
    ///   - reload: reads the configuration again on SIGHUP; nil: SIGHUP does nothing.
    func serve(
        on console: Console,
        cassette: CassetteMode? = nil,
        providers: String? = nil,
        reload: (@Sendable () throws -> Configuration)? = nil
    ) async throws {
        OpenFileLimit.raise(for: configuration)
        let announcement = ServeAnnouncement(configuration: configuration, providers: providers, console: console)
        let app = try await buildApp(
            configuration,
            environment: environment,
            cassette: cassette,
            logger: logger,
            onListening: { announcement.listening(gateway: $0.gateway, admin: $0.admin) },
            reload: reload
        )
        try await Signals.announcing(announcement.stopping) { try await app.serve() }
        console.remark("stopped")
    }
}
