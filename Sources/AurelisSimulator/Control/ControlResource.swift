/// What lies below `/_simulator/`, for tests and demonstrations. It asks for no credential.
enum ControlResource: String, Sendable, Hashable {
    /// `GET`: the log, `DELETE`: clears it.
    case requests
    /// `GET`: the script in force, `PUT`: replaces it.
    case faults
    /// `POST {"advance_seconds": n}`: moves the clock.
    case time
    /// `GET`: what each account has used.
    case quota
    /// `POST`: log, quotas, faults and clock as at the start.
    case reset
    /// `GET`: alive.
    case health

    var methods: [String] {
        switch self {
        case .requests: ["GET", "HEAD", "DELETE"]
        case .faults: ["GET", "HEAD", "PUT"]
        case .time, .reset: ["POST"]
        case .quota, .health: ["GET", "HEAD"]
        }
    }
}
