/// One way in which a provider can fail.
package enum Fault: Sendable, Hashable {
    /// No fault: lets a request through, to place the next step.
    case pass
    /// A status with a body, instead of an answer.
    case status(FaultyAnswer)
    /// The connection is reset before a byte of an answer.
    case resetBeforeHeaders
    /// The request is taken and never answered.
    case silent
    /// Nothing for some seconds, then the answer.
    case slowHeaders(seconds: Double)
    /// The headers at once, then nothing for some seconds, then the rest.
    case slowFirstToken(seconds: Double)
    /// The connection ends in the middle of the body, politely or with a reset.
    case cut(afterFraction: Double, reset: Bool)
    /// The body pauses in its middle.
    case stall(afterFraction: Double, seconds: Double)
    /// A chunk that is no JSON between the others; a whole document ends too early.
    case malformedChunk(afterFraction: Double)
    /// A stream without `data: [DONE]`.
    case missingDone
    /// A page of HTML with status 200.
    case wrongContentType
    /// An answer with no choices.
    case emptyChoices
    /// A body that never ends.
    case endlessBody
    /// Bytes that are no HTTP.
    case garbageStatusLine
    /// The body a few bytes at a time.
    case slowBody(bytes: Int, everySeconds: Double)
    /// 410, as on the platform's last day.
    case retired
    /// A stream that reports its usage twice.
    case duplicateUsage
    /// A status for everyone from one moment to another, counted from the start or the last reset.
    case outage(fromSeconds: Double, toSeconds: Double, FaultyAnswer)

    /// The kind's name in a script.
    package var name: String {
        switch self {
        case .pass: "pass"
        case .status: "status"
        case .resetBeforeHeaders: "reset_before_headers"
        case .silent: "silent"
        case .slowHeaders: "slow_headers"
        case .slowFirstToken: "slow_first_token"
        case .cut: "cut"
        case .stall: "stall"
        case .malformedChunk: "malformed_chunk"
        case .missingDone: "missing_done"
        case .wrongContentType: "wrong_content_type"
        case .emptyChoices: "empty_choices"
        case .endlessBody: "endless_body"
        case .garbageStatusLine: "garbage_status_line"
        case .slowBody: "slow_body"
        case .retired: "retired"
        case .duplicateUsage: "duplicate_usage"
        case .outage: "outage"
        }
    }

    /// Whether it makes sense for a stream only; such a step waits for one.
    var needsStream: Bool {
        switch self {
        case .missingDone, .duplicateUsage: true
        default: false
        }
    }
}
