internal import Aurelis

/// An anchor of the audit log as somebody sees it who cannot check it.
package struct AuditAnchorLook: Sendable, Hashable {
    /// When it was made.
    package var time: String
    /// The number of the line that it holds fast.
    package var sequence: Int

    init?(line: [UInt8]) {
        guard let anchor = AuditAnchor(reading: line) else { return nil }
        time = anchor.time
        sequence = anchor.sequence
    }
}
