/// What was found in a call, once it has been looked at.
final class CallInspection: Sendable {
    /// What is told of it.
    let notices: [SecretNotice]
    /// What stands for what, where answers are to have it back.
    let restoration: SecretRestoration?

    /// Why it does not go on; nil: it does.
    let refusal: ModelError?

    init(notices: [SecretNotice] = [], restoration: SecretRestoration? = nil, refusal: ModelError? = nil) {
        self.notices = notices
        self.restoration = restoration
        self.refusal = refusal
    }

    /// Nothing was found: the one of nearly all calls.
    static let clean = CallInspection()

    /// No more of them are told; a request full of secrets is one problem, not a thousand.
    static let mostNotices = 16
}
