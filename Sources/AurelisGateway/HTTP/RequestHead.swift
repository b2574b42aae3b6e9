internal import Aurelis
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

    /// - Parameter isLocal: whether only this machine is served, which what a browser sends for a foreign page is not.
    /// - Throws: a refusal for a head that is ambiguous or beyond the limits. What the decoder already refuses
    ///   (conflicting lengths, length with chunks, folded lines, bad characters) never comes here.
    init(_ head: HTTPRequestHead, limits: GatewayConfiguration.Limits, isLocal: Bool) throws(ProtocolFailure) {
        guard head.uri.utf8.count <= limits.target else { throw .targetTooLong(limit: limits.target) }
        method = head.method
        target = head.uri
        facts = RequestFacts(keepsAlive: head.isKeepAlive, isHTTP10: head.version.minor == 0)
        var hosts = 0
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 4 where name.isField("host"):
                hosts += 1
                guard !isLocal || LoopbackName.isAuthority(value) else { throw .foreignHost }
            case 6 where name.isField("expect"):
                guard value.lowercased() == "100-continue" else { throw .expectationFailed }
                facts.expectsContinue = true
            case 6 where name.isField("origin"):
                guard !isLocal || LoopbackName.isOrigin(value) else { throw .foreignOrigin }
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
                guard let length = Int(value), length >= 0 else { throw .malformed("Content-Length is not a number") }
                if length > 0 { facts.body = .length(length) }
            case 14 where name.isField("x-aurelis-task"):
                task = value
            case 14 where name.isField("x-aurelis-wait"):
                wait = value
            case 15 where name.isField("x-aurelis-cache"):
                cache = value
            case 16 where name.isField("content-encoding"):
                if value.lowercased() != "identity" { contentEncoding = value }
            case 17 where name.isField("transfer-encoding"):
                guard value.lowercased() == "chunked" else { throw .unsupportedTransferCoding }
                facts.body = .chunked
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
        guard hosts == 1 || (facts.isHTTP10 && hosts == 0) else {
            throw .malformed(hosts == 0 ? "the Host field is missing" : "there is more than one Host field")
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
