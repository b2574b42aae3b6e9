internal import Aurelis
internal import AurelisApp
internal import AurelisJSON
internal import AurelisTLS
internal import AurelisTransport
internal import NIOPosix

/// The control plane of a gateway that runs, if one does.
struct ControlPlane: Sendable {
    /// The address that the command line names; nil: that of the configuration, if somebody listens there.
    let named: String?
    let configuration: Configuration
    /// Whether the command is about a gateway that runs: none that refuses is passed over.
    var isRequired = false
    /// What operators are known by: the variable `AURELIS_ADMIN_KEY`.
    var adminKey = ProcessEnvironment.current["AURELIS_ADMIN_KEY"].flatMap { $0.isEmpty ? nil : $0 }
    /// Is told why a gateway that nobody named is not asked after all.
    var remark: @Sendable (String) -> Void = { _ in }
    private let unasked = UnaskedGateway()

    /// Whether somebody listens who was not asked after all.
    var isUnasked: Bool { unasked.isThere }

    /// An answer with its status.
    struct Answer {
        let status: Int
        let document: JSONDocument
    }

    /// What the control plane answers; nil when there is none, or it does not know.
    func get(_ target: String) async throws -> JSONDocument? {
        let answer = try await send("GET", target)
        return answer?.status == 200 ? answer?.document : nil
    }

    /// Where it is, if anywhere, for people: without what stands before an `@`.
    var address: String {
        let address = fullAddress
        guard let end = address.lastIndex(of: "@") else { return address }
        let scheme = address.firstRange(of: "://")
        let shown = scheme.map { $0.upperBound <= end ? address[..<$0.upperBound] : "" } ?? ""
        return "\(shown)…\(address[end...])"
    }

    private var fullAddress: String {
        let admin = configuration.admin
        return named ?? configuration.adminClient.url
            ?? "\(ServerAddress(host: admin.host, port: admin.port, isSecure: admin.tls != nil))"
    }

    /// Sends a request; nil when nobody listens, or who does speaks no JSON.
    ///
    /// - Throws: when a gateway was named and does not answer, or does not want the admin key.
    func send(_ method: String, _ target: String) async throws -> Answer? {
        var headers = HTTPHeaderList()
        if let adminKey { headers.append("authorization", "Bearer \(try checked(adminKey))") }
        var transport = HTTPClientConfiguration()
        try configuration.checkAdminClient()
        transport.tls = configuration.adminTransport
        let client = HTTPClient(
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            configuration: transport
        )
        let answer: Answer?
        do {
            answer = try await Self.exchange(method, target, headers, at: fullAddress, with: client)
            await client.shutdown()
        } catch {
            await client.shutdown()
            if error.code == .cancelled { throw CancellationError() }
            // Nobody has to run; but whoever names a gateway wants that one.
            guard named != nil else {
                if error.code == .certificateUntrusted { pass("who listens there was not asked: \(error.message)") }
                return nil
            }
            throw CommandFailure(.failure, "the control plane at \(address) does not answer: \(error.message)")
        }
        guard let answer, answer.status == 401 else { return answer }
        return try refused(answer)
    }

    /// Says why somebody is passed over, once.
    private func pass(_ reason: String) { if unasked.note() { remark(reason) } }

    /// What it means that the control plane wants an admin key, or another.
    ///
    /// - Returns: nil, as if nobody were there, when nobody said that this gateway shall be asked.
    private func refused(_ answer: Answer) throws -> Answer? {
        let reason = answer.document["error"]?["message"]?.string ?? "it wants an admin key"
        if named == nil, adminKey == nil, !isRequired {
            pass("the gateway at \(address) was not asked, because it wants the admin key ($AURELIS_ADMIN_KEY)")
            return nil
        }
        throw CommandFailure(
            .authentication,
            "the control plane at \(address) refuses: \(reason)",
            hint: adminKey == nil
                ? "export AURELIS_ADMIN_KEY with the admin key; `aurelis keys create NAME --admin` makes one"
                : "correct $AURELIS_ADMIN_KEY; `aurelis keys list` shows the keys of this data directory"
        )
    }

    /// - Throws: when `AURELIS_ADMIN_KEY` cannot be a key: a slip is told before it is sent anywhere.
    private func checked(_ key: String) throws(CommandFailure) -> String {
        let token: AccessKeyToken
        do { token = try AccessKeyToken(parsing: key) } catch {
            throw CommandFailure(.authentication, "$AURELIS_ADMIN_KEY cannot be a key: \(error)")
        }
        guard token.kind == .admin else {
            throw CommandFailure(
                .authentication,
                "$AURELIS_ADMIN_KEY is a key for models; the control plane wants an admin key",
                hint: "`aurelis keys create NAME --admin` makes one"
            )
        }
        return key
    }

    private static func exchange(
        _ method: String,
        _ target: String,
        _ headers: HTTPHeaderList,
        at address: String,
        with client: HTTPClient
    ) async throws(TransportError) -> Answer? {
        var request = HTTPClientRequest(
            method: method,
            origin: try HTTPOrigin(parsing: address),
            target: target,
            headers: headers
        )
        request.timeouts.connect = .seconds(2)
        request.timeouts.firstByte = .seconds(5)
        let response = try await client.send(request)
        let body = try await response.body.collect(upTo: 64 << 20)
        guard let document = try? JSONDocument(body, limits: .response) else { return nil }
        return Answer(status: response.status, document: document)
    }
}
