extension Configuration {
    /// How health is watched.
    package struct Health: Sendable, Equatable {
        /// How often everything is looked at.
        package var interval: Duration = .seconds(10)
        /// Which models are asked only to see whether they answer; nil: none is.
        package var probes: Probes?
    }

    /// Requests that are made only to see whether a model answers.
    package struct Probes: Sendable, Equatable {
        /// How often; a route that had requests within this time is not asked.
        package var interval: Duration = .seconds(300)
        /// Which models: `gpt-4o`, or `gpt-4o@openai`.
        package var models: [String]
        /// How much of each quota, in percent, is left for others.
        package var leave = 20
        /// How long an answer may take.
        package var timeout: Duration = .seconds(30)
    }

    /// Somebody who is told of changes.
    package struct Alert: Sendable, Equatable {
        /// How somebody is told.
        package enum Target: Sendable, Equatable {
            /// In the log of the process.
            case log
            /// By a POST to an address, which may be a secret itself, signed with a secret if there is one.
            case webhook(APIKey, secret: APIKey?)
            /// By a program that reads it.
            case command([String])
        }

        /// How.
        package var target: Target
        /// How long one attempt may take.
        package var timeout: Duration = .seconds(10)
        /// After how long trouble that stays is told again; nil: never.
        package var reminds: Duration?
    }
}

extension Configuration.Health {
    init(reading root: SettingsReader) throws(ConfigurationError) {
        let section = try root.section("health", knowing: ["interval", "probes"])
        interval = try section.duration("interval", default: interval)
        guard interval >= .seconds(1) else { throw section.error("must be at least 1s", at: "interval") }
        guard section.has("probes"), !section.isNull("probes") else { return }
        let probes = try section.section("probes", knowing: ["interval", "models", "leave", "timeout"])
        guard let models = try probes.strings("models"), !models.isEmpty else {
            throw probes.error(
                "is missing: which models are asked, each of which costs a request",
                at: "models",
                suggestion: "such as [gpt-4o-mini]"
            )
        }
        var rules = Configuration.Probes(models: models)
        rules.interval = try probes.duration("interval", default: rules.interval)
        guard rules.interval >= .seconds(10) else { throw probes.error("must be at least 10s", at: "interval") }
        rules.timeout = try probes.positive("timeout", default: rules.timeout)
        rules.leave = try probes.percent("leave", default: rules.leave)
        self.probes = rules
    }
}

extension Configuration.Alert {
    /// The receivers that a configuration names.
    static func all(reading root: SettingsReader, warnings: inout [String]) throws(ConfigurationError) -> [Self] {
        var alerts: [Self] = []
        let names = ["log", "webhook", "secret", "command", "timeout", "repeat"]
        for section in try root.sections("alerts", knowing: names) {
            var alert = Self(target: try target(section, warnings: &warnings))
            alert.timeout = try section.positive("timeout", default: alert.timeout)
            if section.isText("repeat"), try section.string("repeat") == "never" {
                alert.reminds = nil
            } else if section.has("repeat") {
                let interval = try section.duration("repeat", default: .zero)
                guard interval >= .seconds(60) else {
                    throw section.error("must be never, or at least 1m", at: "repeat")
                }
                alert.reminds = interval
            }
            alerts.append(alert)
        }
        return alerts
    }

    private static func target(
        _ section: SettingsReader,
        warnings: inout [String]
    ) throws(ConfigurationError) -> Target {
        let named = ["log", "webhook", "command"].filter(section.has)
        guard let name = named.first, named.count == 1 else {
            throw section.error(
                named.isEmpty ? "says nothing: one of log, webhook and command" : "must be alone",
                at: named.last ?? "log",
                suggestion: named.isEmpty ? nil : "make an entry of each"
            )
        }
        guard name == "webhook" || !section.has("secret") else {
            throw section.error("signs webhooks, and means nothing here", at: "secret")
        }
        switch name {
        case "log":
            guard try section.flag("log", default: true) else {
                throw section.error("must be true; leave the entry out to have none", at: "log")
            }
            return .log
        case "command":
            // An argument may be a password.
            guard let words = try section.strings("command", shown: 1), let program = words.first else {
                throw section.error("must be a list: a program and its arguments", at: "command")
            }
            guard program.hasPrefix("/") else {
                throw section.error("\(RepeatedText.value(program)) must be the program's whole path", at: "command")
            }
            return .command(words)
        default:
            let secret = try section.secret("secret", of: "a webhook", warnings: &warnings)
            return .webhook(try address(section), secret: secret)
        }
    }

    /// Addresses of webhooks are often all that keeps others from using them, so they are shown nowhere.
    private static func address(_ section: SettingsReader) throws(ConfigurationError) -> Configuration.APIKey {
        var unused: [String] = []
        guard let address = try section.secret("webhook", of: "a webhook", warnings: &unused) else {
            throw section.error("must be an address, or { env: VARIABLE }", at: "webhook")
        }
        return address
    }
}

extension SettingsReader {
    /// A share of 0 to 99, with or without the sign.
    fileprivate func percent(_ name: String, default fallback: Int) throws(ConfigurationError) -> Int {
        guard let text = try string(name, default: "\(fallback)%") else { return fallback }
        let digits = text.hasSuffix("%") ? String(text.dropLast()) : text
        guard let number = Int(digits), (0...99).contains(number) else {
            throw error("must be 0% to 99%", at: name)
        }
        return number
    }
}
