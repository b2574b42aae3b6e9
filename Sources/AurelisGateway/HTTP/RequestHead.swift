internal import Aurelis
internal import AurelisServing
internal import NIOHTTP1

/// What the gateway reads of a request's head, in one pass over its fields.
struct RequestHead {
    /// The method.
    var method: HTTPMethod
    /// The target as sent.
    var target: String
    /// The facts that decide about framing and keep-alive.
    var facts: RequestFacts
    /// Whether the body is said to be something other than JSON.
    var contentType: String?
    /// The body's content coding, other than `identity`.
    var contentEncoding: String?
    /// What the client is to be known by.
    var credential = RequestCredential()
    /// The fields of Aurelis's own.
    var task: String?
    var fallback: String?
    var strategy: String?
    var restart: String?
    var timeout: String?
    var cache: String?
    var cacheTags: String?
    var priority: String?
    var wait: String?
    var secrets: String?
    /// The trace that the client is part of.
    var traceFields = TraceFields()
    /// Why it may be what a foreign web page made a browser send.
    var foreignness: Foreignness?

    /// What tells that a request is not meant for this machine, or does not come from it.
    enum Foreignness {
        case host
        case origin

        var failure: ProtocolFailure { self == .host ? .foreignHost : .foreignOrigin }
    }

    /// - Throws: a refusal for a head that is ambiguous or beyond the limits.
    init(_ head: HTTPRequestHead, limits: GatewayConfiguration.Limits) throws(ProtocolFailure) {
        try RequestFraming.check(target: head.uri, maximum: limits.target)
        method = head.method
        target = head.uri
        facts = RequestFacts(keepsAlive: head.isKeepAlive, isHTTP10: head.version.minor == 0)
        var framing = RequestFraming()
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 4 where name.isField("host"):
                framing.takeHost()
                if foreignness == nil, !LoopbackName.isAuthority(value) { foreignness = .host }
            case 6 where name.isField("expect"):
                try framing.take(expectation: value)
            case 6 where name.isField("origin"):
                if foreignness == nil, !LoopbackName.isOrigin(value) { foreignness = .origin }
            case 7 where name.isField("api-key"):
                credential.take(value)
            case 7 where name.isField("upgrade"):
                // The decoder takes what follows an upgrade for another protocol, so there is no next request.
                facts.keepsAlive = false
            case 9 where name.isField("x-api-key"):
                credential.take(value)
            case 10 where name.isField("tracestate"):
                // The order of several is that of their members.
                let earlier = traceFields["tracestate"].map { $0 + "," } ?? ""
                traceFields["tracestate"] = earlier + value
            case 11 where name.isField("traceparent"):
                // Of two nobody knows which is right, and both are wrong.
                traceFields["traceparent"] = traceFields["traceparent"] == nil ? value : ""
            case 12 where name.isField("content-type"):
                contentType = value
            case 13 where name.isField("authorization"):
                credential.take(authorization: value)
            case 14 where name.isField("content-length"):
                try framing.take(contentLength: value)
            case 14 where name.isField("x-aurelis-task"):
                task = value
            case 14 where name.isField("x-aurelis-wait"):
                wait = value
            case 15 where name.isField("x-aurelis-cache"):
                cache = value
            case 16 where name.isField("content-encoding"):
                if value.lowercased() != "identity" { contentEncoding = value }
            case 17 where name.isField("transfer-encoding"):
                try framing.take(transferEncoding: value)
            case 17 where name.isField("x-aurelis-secrets"):
                secrets = value
            case 17 where name.isField("x-aurelis-timeout"):
                timeout = value
            case 17 where name.isField("x-aurelis-restart"):
                restart = value
            case 18 where name.isField("x-aurelis-fallback"):
                fallback = value
            case 18 where name.isField("x-aurelis-priority"):
                priority = value
            case 18 where name.isField("x-aurelis-strategy"):
                strategy = value
            case 20 where name.isField("x-aurelis-cache-tags"):
                cacheTags = value
            default:
                break
            }
        }
        try framing.end(isHTTP10: facts.isHTTP10)
        facts.expectsContinue = framing.expectsContinue
        facts.body =
            switch framing.body {
            case .none: .none
            case .length(let count): .length(count)
            case .chunked: .chunked
            }
        if method == .CONNECT { facts.keepsAlive = false }
    }
}

extension String {
    /// Whether this is the field name `lowercased`, in any case.
    fileprivate func isField(_ lowercased: StaticString) -> Bool {
        var name = self
        // Going through `utf8` one by one takes several times as long.
        return name.withUTF8 { name in
            var pointer = lowercased.utf8Start
            for byte in name {
                let folded = byte &- 0x41 < 26 ? byte | 0x20 : byte
                guard folded == pointer.pointee else { return false }
                pointer += 1
            }
            return true
        }
    }
}
