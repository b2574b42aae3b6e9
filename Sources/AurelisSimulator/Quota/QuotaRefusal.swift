/// Why a request is over a quota.
enum QuotaRefusal: Sendable, Hashable {
    case byDay(limit: Int, wait: Duration)
    case byMinute(limit: Int, wait: Duration)
    case byMinuteOverAll(limit: Int, wait: Duration)
    case concurrent(limit: Int)

    /// The platform's name for it.
    var type: String {
        switch self {
        case .byDay: "UserByModelByDay"
        case .byMinute: "UserByModelByMinute"
        case .byMinuteOverAll: "UserByMinute"
        case .concurrent: "UserConcurrentRequests"
        }
    }

    /// Whole seconds until a request is worth trying.
    var waitSeconds: Int {
        switch self {
        case .byDay(_, let wait), .byMinute(_, let wait), .byMinuteOverAll(_, let wait): max(1, wait.secondsRoundedUp)
        case .concurrent: 0
        }
    }

    /// The platform's sentence.
    var message: String {
        let (limit, window) =
            switch self {
            case .byDay(let limit, _): (limit, 86_400)
            case .byMinute(let limit, _), .byMinuteOverAll(let limit, _): (limit, 60)
            case .concurrent(let limit): (limit, 0)
            }
        return "Rate limit of \(limit) per \(window)s exceeded for \(type). "
            + "Please wait \(waitSeconds) seconds before retrying."
    }
}
