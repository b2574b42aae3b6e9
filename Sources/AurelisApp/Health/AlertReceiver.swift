internal import Aurelis
internal import AurelisProviders
internal import AurelisTransport
internal import Logging

/// Somebody who is told of changes, as the configuration names them.
struct AlertReceiver: Sendable {
    enum Way: Sendable {
        case log(Logger)
        case webhook(AlertWebhook, HTTPClient)
        case command([String])
    }

    /// How it is named for people: no secret.
    let name: String
    let way: Way
    let timeout: Duration
    let reminds: Duration?
    let environment: [String: String]
    let clock: WallClock

    /// One attempt to tell.
    func deliver(_ alert: HealthAlert) async -> AlertDelivery {
        switch way {
        case .log(let logger):
            let metadata: Logger.Metadata = [
                "event": "\(alert.event.rawValue)", "component": "\(alert.transition.component.rawValue)",
                "overall": "\(alert.transition.overall.rawValue)",
            ]
            logger.log(level: level(of: alert), "\(alert.line)", metadata: metadata)
            return .delivered
        case .webhook(let webhook, let client):
            return await webhook.send(alert, with: client, at: clock.secondsSinceEpoch, within: timeout)
        case .command(let words):
            let command = AlertCommand(words, environment: variables(of: alert))
            return await command.run(input: alert.body, within: timeout).map { .failed($0) } ?? .delivered
        }
    }

    private func level(of alert: HealthAlert) -> Logger.Level {
        switch alert.transition.to {
        case .unhealthy: .error
        case .degraded: .warning
        case .healthy, .unknown: .notice
        }
    }

    /// What a program needs to run and to know what happened, and nothing of the gateway's own: no keys.
    private func variables(of alert: HealthAlert) -> [String: String] {
        var variables = environment.filter { ["PATH", "HOME", "LANG", "TZ"].contains($0.key) }
        variables["PATH"] = variables["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        variables["AURELIS_ALERT_EVENT"] = alert.event.rawValue
        variables["AURELIS_ALERT_COMPONENT"] = alert.transition.component.rawValue
        variables["AURELIS_ALERT_FROM"] = alert.transition.from.rawValue
        variables["AURELIS_ALERT_TO"] = alert.transition.to.rawValue
        return variables
    }
}

/// Makes receivers from a configuration: reads their secrets.
struct AlertFactory: Sendable {
    let environment: [String: String]
    let client: HTTPClient
    let clock: WallClock
    let logger: Logger

    /// The receivers, in their order.
    ///
    /// - Throws: when one of them cannot be made.
    func receivers(_ configuration: Configuration) throws(ConfigurationError) -> [AlertReceiver] {
        var receivers: [AlertReceiver] = []
        for (index, alert) in configuration.alerts.enumerated() {
            receivers.append(try receiver(alert, at: "alerts[\(index)]"))
        }
        return receivers
    }

    private func receiver(
        _ alert: Configuration.Alert,
        at path: String
    ) throws(ConfigurationError) -> AlertReceiver {
        let (name, way): (String, AlertReceiver.Way)
        switch alert.target {
        case .log: (name, way) = ("log", .log(logger))
        case .command(let words): (name, way) = ("command \(words[0])", .command(words))
        case .webhook(let address, let secret):
            let webhook = try webhook(address, secret, at: path)
            (name, way) = ("webhook at \(webhook.origin)", .webhook(webhook, client))
        }
        return AlertReceiver(
            name: name,
            way: way,
            timeout: alert.timeout,
            reminds: alert.reminds,
            environment: environment,
            clock: clock
        )
    }

    private func webhook(
        _ address: Configuration.APIKey,
        _ secret: Configuration.APIKey?,
        at path: String
    ) throws(ConfigurationError) -> AlertWebhook {
        let text = try KeyText.read(address, environment: environment, path: "\(path).webhook")
        var key: Secret?
        if let secret {
            key = Secret(try KeyText.read(secret, environment: environment, path: "\(path).secret")).trimmed
            guard key != nil else { throw ConfigurationError("is empty", path: "\(path).secret") }
        }
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        do { return try AlertWebhook(address: line, secret: key) } catch {
            throw ConfigurationError(error.message, path: "\(path).webhook")
        }
    }
}
