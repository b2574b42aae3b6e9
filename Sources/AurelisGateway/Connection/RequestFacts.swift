/// What the state machine of a connection needs to know of a request's head.
struct RequestFacts: Equatable {
    /// How the body is delimited.
    enum Body: Equatable {
        case none
        case length(Int)
        case chunked
    }

    /// Whether the client wants to use the connection again.
    var keepsAlive = true
    /// HTTP/1.0: no chunks, no interim answers.
    var isHTTP10 = false
    /// How the body is delimited.
    var body = Body.none
    /// Whether the client waits for `100 Continue` before it sends the body.
    var expectsContinue = false
    /// Whether the answer needs the body; an error like 404 does not.
    var wantsBody = true
    /// Whether the body is passed on as it comes; it may then be larger than one that is held.
    var streamsBody = false
}
