internal import Aurelis
internal import AurelisProviders
internal import AurelisTransport

/// An address that alerts are sent to.
struct AlertWebhook: Sendable {
    let origin: HTTPOrigin
    private let target: String
    private let secret: Secret?

    /// - Throws: when the address is none; the address itself is not told, for it may be a secret.
    init(address: String, secret: Secret?) throws(TransportError) {
        let scheme = address.firstRange(of: "://")?.upperBound ?? address.startIndex
        let end = address[scheme...].firstIndex { $0 == "/" || $0 == "?" } ?? address.endIndex
        origin = try HTTPOrigin(parsing: String(address[..<end]))
        let rest = address[end...]
        guard !rest.contains("#"), rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw TransportError(.invalidURL, "The URL cannot be used: it holds a fragment, or what belongs encoded.")
        }
        target = rest.first == "/" ? String(rest) : "/" + rest
        self.secret = secret
    }

    /// Delivers an alert once.
    func send(
        _ alert: HealthAlert,
        with client: HTTPClient,
        at time: Int64,
        within limit: Duration
    ) async -> AlertDelivery {
        let body = alert.body
        var headers: HTTPHeaderList = ["content-type": "application/json"]
        headers.append("aurelis-event", alert.event.rawValue)
        headers.append("aurelis-alert-id", alert.id)
        if let secret {
            let value = secret.withBytes { AlertSignature.value(of: body, at: time, secret: $0) }
            headers.append(AlertSignature.field, value)
        }
        var request = HTTPClientRequest(method: "POST", origin: origin, target: target, headers: headers, body: body)
        request.timeouts = HTTPTimeouts(acquire: limit, connect: limit, firstByte: limit, total: limit)
        do throws(TransportError) {
            let response = try await client.send(request)
            // What it has to say beside its status is not wanted, however long that is.
            response.body.cancel()
            switch response.status {
            case 200..<300: return .delivered
            case 408, 425, 429, 500...: return .failed("it answered \(response.status)")
            case 300..<400: return .refused("it answered \(response.status), and redirects are not followed")
            default: return .refused("it answered \(response.status)")
            }
        } catch {
            return error.code == .invalidRequest ? .refused(error.message) : .failed(error.message)
        }
    }
}

/// What came of one attempt to deliver an alert.
enum AlertDelivery: Sendable, Hashable {
    case delivered
    /// Another attempt may have more luck.
    case failed(String)
    /// No other attempt will.
    case refused(String)
}
