internal import Aurelis
internal import AurelisTransport

/// Where and how a provider is spoken to: all of a request that does not change from one to the next.
struct ProviderEndpoint: Sendable {
    let origin: HTTPOrigin
    /// What the paths are appended to.
    let address: String
    private let chat: String
    private let embeddings: String
    private let models: String
    private let headersForJSON: HTTPHeaderList
    private let headersForStream: HTTPHeaderList
    private let headersForCatalog: HTTPHeaderList
    private let authentication: ProviderPreset.Authentication

    /// - Parameter security: how the server is authenticated; nil: as the client does it.
    init(_ settings: ProviderSettings, security: TLSProfile? = nil) throws(ProviderSettingsError) {
        let url = try Self.baseURL(of: settings)
        let basePath: String
        var origin: HTTPOrigin
        do {
            (origin, basePath) = try HTTPOrigin.split(url)
        } catch {
            throw ProviderSettingsError(setting: "base_url", message: error.message)
        }
        if security != nil, origin.scheme == .http {
            throw ProviderSettingsError(
                setting: security?.settings.pins == nil ? "tls" : "pins",
                message: "mean nothing to \(origin), which is not encrypted; use https"
            )
        }
        origin.security = security
        self.origin = origin
        address = "\(origin)\(basePath)"
        let paths = settings.preset.paths
        chat = basePath + paths.chat
        embeddings = basePath + paths.embeddings
        models = basePath + paths.models
        authentication = settings.authentication ?? settings.preset.authentication
        let fields = try Self.fields(of: settings, authentication: authentication)
        headersForCatalog = Self.list(fields, accept: "application/json", body: false)
        headersForJSON = Self.list(fields, accept: "application/json", body: true)
        // JSON too, because that is what a refusal comes as.
        let asked = fields.filter { !$0.name.equalsIgnoringCase("accept") }
        headersForStream = Self.list(asked, accept: "text/event-stream, application/json", body: true)
    }

    /// A request that wants an answer to a body.
    func request(
        _ operation: ModelOperation,
        body: [UInt8],
        stream: Bool,
        credential: Credential?,
        timeouts: HTTPTimeouts
    ) -> HTTPClientRequest {
        HTTPClientRequest(
            method: "POST",
            origin: origin,
            target: operation == .chatCompletion ? chat : embeddings,
            headers: stream ? headersForStream : headersForJSON,
            credential: field(credential),
            body: body,
            timeouts: timeouts
        )
    }

    /// A request for the list of models.
    func catalogRequest(credential: Credential?, timeouts: HTTPTimeouts) -> HTTPClientRequest {
        HTTPClientRequest(
            method: "GET",
            origin: origin,
            target: models,
            headers: headersForCatalog,
            credential: field(credential),
            timeouts: timeouts
        )
    }

    /// How the credential is presented; its bytes stay where they are until the request is written.
    private func field(_ credential: Credential?) -> ConfidentialField? {
        guard let credential else { return nil }
        return switch authentication {
        case .bearer: ConfidentialField(name: "authorization", scheme: "Bearer ", value: credential.secret)
        case .header(let name): ConfidentialField(name: name, value: credential.secret)
        case .none: nil
        }
    }
}

// MARK: - Settings

extension ProviderEndpoint {
    /// The base URL with its placeholders filled in.
    private static func baseURL(of settings: ProviderSettings) throws(ProviderSettingsError) -> String {
        if let url = settings.baseURL { return url }
        guard var url = settings.preset.baseURL else {
            throw ProviderSettingsError(
                setting: "base_url",
                message: "is missing: name the server with `--base-url http://HOST:PORT/v1` "
                    + "or `base_url` in the configuration"
            )
        }
        for (name, meaning) in settings.preset.placeholders.sorted(by: { $0.key < $1.key }) {
            guard let value = settings.placeholders[name], !value.isEmpty else {
                throw ProviderSettingsError(setting: name, message: "is missing: set it to \(meaning)")
            }
            // A part of a host name: whatever else it holds would change where requests, and the credential, go.
            guard value.utf8.allSatisfy({ ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "-") }) else {
                throw ProviderSettingsError(
                    setting: name,
                    message: "\"\(value)\" is not \(meaning); for another address set `base_url`"
                )
            }
            url.replace("<\(name)>", with: value)
        }
        return url
    }

    /// The preset's fields and the configuration's, which win.
    private static func fields(
        of settings: ProviderSettings,
        authentication: ProviderPreset.Authentication
    ) throws(ProviderSettingsError) -> [ProviderPreset.Header] {
        for field in settings.headers {
            if let reason = refusal(of: field, authentication: authentication) {
                throw ProviderSettingsError(setting: "headers.\(field.name)", message: reason)
            }
        }
        let replaced = settings.preset.headers.filter { own in
            !settings.headers.contains { $0.name.equalsIgnoringCase(own.name) }
        }
        return replaced + settings.headers
    }

    private static func refusal(
        of field: ProviderPreset.Header,
        authentication: ProviderPreset.Authentication
    ) -> String? {
        let name = field.name.utf8
        guard !name.isEmpty, name.allSatisfy({ (0x21...0x7E) ~= $0 && $0 != UInt8(ascii: ":") }) else {
            return "is no name of a header field"
        }
        guard field.value.utf8.allSatisfy({ (0x20...0x7E) ~= $0 || $0 == 0x09 }) else {
            return "its value holds a line break, a control character or a letter beyond ASCII"
        }
        let credentialField =
            switch authentication {
            case .bearer: "authorization"
            case .header(let name): name
            case .none: ""
            }
        guard !field.name.equalsIgnoringCase(credentialField) else { return "a credential belongs under `api_key`" }
        let own = ["content-type", "content-length", "host", "connection", "transfer-encoding"]
        return own.contains { $0.equalsIgnoringCase(field.name) } ? "is Aurelis's own" : nil
    }

    private static func list(_ fields: [ProviderPreset.Header], accept: String, body: Bool) -> HTTPHeaderList {
        var headers = HTTPHeaderList()
        if body { headers.append("content-type", "application/json") }
        if !fields.contains(where: { $0.name.equalsIgnoringCase("accept") }) { headers.append("accept", accept) }
        for field in fields { headers.append(field.name, field.value) }
        return headers
    }
}
