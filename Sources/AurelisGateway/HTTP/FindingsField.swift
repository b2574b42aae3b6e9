internal import Aurelis
internal import NIOCore

/// The credentials that a request held as a header field: `github_token@messages[0].content:passed`.
enum FindingsField {
    /// Writes the field, with at most `ResponseHead.maximumFieldLength` bytes of findings; `, ...` marks a cut.
    static func write(_ findings: [SecretNotice], to buffer: inout ByteBuffer) {
        buffer.writeStaticString("x-aurelis-findings: ")
        let end = buffer.writerIndex + ResponseHead.maximumFieldLength
        for (index, notice) in findings.enumerated() {
            let text = "\(index == 0 ? "" : ", ")\(notice.kind)@\(notice.place):\(notice.action.rawValue)"
            guard buffer.writerIndex + text.utf8.count + 5 <= end else {
                buffer.writeStaticString(index == 0 ? "..." : ", ...")
                break
            }
            buffer.writeFieldText(text, limit: text.utf8.count)
        }
        buffer.writeStaticString("\r\n")
    }
}
