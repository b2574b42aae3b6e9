internal import AurelisJSON

/// What the log says of itself, in its own chain.
package enum AuditNotice: Sendable, Hashable {
    /// A process died while it wrote: the beginning of a line was set apart.
    case torn(file: Int, bytes: Int, digest: String, kept: String)
    /// The end of a file is not what was written there.
    case damaged(file: Int, reason: String)
    /// Entries could not be written, or requests were refused meanwhile.
    case gap(lost: Int, refused: Int, since: String, reason: String)
    /// A file was sealed with a key that is not here, so that the chain begins anew behind it.
    case unknownKey(file: Int, key: String)
    /// Old files were removed: all up to this one, whose last line had this number and code.
    case retention(through: Int, sequence: Int, code: [UInt8])

    static let event = "audit_event"

    /// Writes what it is into the line that is open.
    func writeMembers(to json: inout JSONWriter) {
        switch self {
        case .torn(let file, let bytes, let digest, let kept):
            json.field("action", "torn")
            json.field("file", file)
            json.field("bytes", bytes)
            json.field("sha256", digest)
            json.field("kept", kept)
        case .damaged(let file, let reason):
            json.field("action", "damaged")
            json.field("file", file)
            json.field("reason", reason)
        case .gap(let lost, let refused, let since, let reason):
            json.field("action", "gap")
            json.field("lost", lost)
            json.field("refused", refused)
            json.field("since", since)
            json.field("reason", reason)
        case .unknownKey(let file, let key):
            json.field("action", "unknown_key")
            json.field("file", file)
            json.field("key", key)
            json.field("reason", "the key of that file is not here, lost or exchanged: the chain begins anew")
        case .retention(let through, let sequence, let code):
            json.field("action", "retention")
            json.field("through_file", through)
            json.field("through_seq", sequence)
            json.field("through_mac", Hexadecimal.encode(code))
        }
    }
}
