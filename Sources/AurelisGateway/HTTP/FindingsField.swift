internal import Aurelis

/// The credentials that a request held as a header field: `github_token@messages[0].content:passed`.
enum FindingsField {
    /// Writes the field, with at most `ResponseHead.maximumFieldLength` bytes of findings; `, ...` marks a cut.
    static func write(_ findings: [SecretNotice], to head: inout HeadBytes) {
        head.literal("x-aurelis-findings: ")
        let end = head.count + ResponseHead.maximumFieldLength
        for (index, notice) in findings.enumerated() {
            let text = "\(index == 0 ? "" : ", ")\(notice.kind)@\(notice.place):\(notice.action.rawValue)"
            guard head.count + text.utf8.count + 5 <= end else {
                head.literal(index == 0 ? "..." : ", ...")
                break
            }
            head.text(text, limit: text.utf8.count)
        }
        head.literal("\r\n")
    }
}
