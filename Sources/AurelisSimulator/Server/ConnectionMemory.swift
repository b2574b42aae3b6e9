internal import NIOCore
internal import NIOHTTP1

/// What a connection's last request said in its head: the next one usually says the same.
struct ConnectionMemory {
    private var target = ""
    private var endpoint = Endpoint.unknown
    private var authorization: String?
    private var verdict: CredentialVerdict?
    private var spellings: [String] = []
    private var headerNames: [String] = []

    /// Puts together a request for the core.
    mutating func request(
        _ head: HTTPRequestHead,
        body: ByteBuffer,
        credentials: SimulatorCredentials
    ) -> SimulatorCore.Request {
        if head.uri != target {
            target = head.uri
            endpoint = Endpoint(target: head.uri)
        }
        var sent: String?
        var tag: String?
        var index = 0
        var isSame = true
        for (name, value) in head.headers {
            if index >= spellings.count || spellings[index] != name { isSame = false }
            index += 1
            switch name.utf8.count {
            case 13 where name.isSameHeader(as: "authorization"): sent = value
            case 14 where name.isSameHeader(as: "x-aurelis-test"): tag = value
            default: break
            }
        }
        if !isSame || index != spellings.count {
            spellings = head.headers.map(\.name)
            headerNames = spellings.map { $0.lowercased() }
        }
        return SimulatorCore.Request(
            endpoint: endpoint,
            method: head.method.rawValue,
            target: target,
            credentials: judge(sent, by: credentials),
            body: body,
            headerNames: headerNames,
            tag: tag
        )
    }

    private mutating func judge(_ sent: String?, by credentials: SimulatorCredentials) -> CredentialVerdict {
        if let verdict, sent == authorization { return verdict }
        let fresh = CredentialVerdict(sent, by: credentials)
        authorization = sent
        verdict = fresh
        return fresh
    }
}

extension String {
    /// Whether it is this header's name, in any case.
    fileprivate func isSameHeader(as name: StaticString) -> Bool {
        self.utf8.elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)) {
            $0 | 0x20 == $1 | 0x20
        }
    }
}
