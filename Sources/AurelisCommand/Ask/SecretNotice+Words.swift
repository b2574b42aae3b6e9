internal import Aurelis

extension SecretNotice {
    /// What is said of the credentials in a request that was sent.
    static func words(for notices: [SecretNotice]) -> [String] {
        notices.compactMap { notice in
            let what = "\(notice.kind.title) (\(notice.kind)) in \(notice.place)"
            return switch notice.action {
            case .passed: "the request holds what looks like a credential, and it was sent: \(what)"
            case .redacted: "a placeholder was sent in the place of what looks like a credential: \(what)"
            case .blocked: nil
            }
        }
    }
}
