internal import Aurelis
internal import Dispatch
internal import Logging
internal import Synchronization

/// Takes anchors to where they are remembered: a file, a command, or both. Never holds anybody up but the log's own thread,
/// and that by one small write.
final class AuditAnchoring: Sendable {
    private let settings: AuditSettings.Anchors
    private let path: String
    private let isBrief: Bool
    private let syncs: Bool
    private let logger: Logger
    private let queue = DispatchQueue(label: "aurelis.audit.anchors", qos: .utility)
    /// The newest anchor that the command has not got: it stands for all before it.
    private let pending = Mutex<AuditAnchor?>(nil)

    init(_ settings: AuditSettings, default path: String, isBrief: Bool, logger: Logger) {
        self.settings = settings.anchors
        self.path = settings.anchors.file ?? path
        self.syncs = settings.sync != .never
        self.isBrief = isBrief
        self.logger = logger
    }

    /// Remembers an anchor.
    ///
    /// - Returns: why it cannot be; nil when it is, or the command has yet to say so.
    func add(_ anchor: AuditAnchor, isLast: Bool) -> String? {
        if let command = settings.command, !(isBrief && isLast) { hand(anchor, to: command) }
        do throws(AuditFileError) {
            let file = try SystemFile(path, .appending)
            let size = try file.size()
            // A process may have died in the middle of a line.
            let last = try file.read(1, at: max(0, size - 1))
            let isWhole = last.isEmpty || last == [UInt8(ascii: "\n")]
            let (written, error) = file.append((isWhole ? [] : [UInt8(ascii: "\n")]) + anchor.line)
            if let error {
                if written > 0 { try? file.truncate(to: size) }
                throw error
            }
            if syncs { try file.sync() }
            return nil
        } catch {
            return "an anchor of the audit log cannot be kept: \(error)"
        }
    }

    /// Waits until the command has got what it is to get; no longer than it may take.
    func finish() { queue.sync {} }

    private func hand(_ anchor: AuditAnchor, to command: String) {
        let isWaiting = pending.withLock { pending in
            defer { pending = anchor }
            return pending != nil
        }
        guard !isWaiting else { return }
        queue.async { [self] in
            guard let anchor = pending.withLock({ $0.take() }) else { return }
            guard let problem = PipedCommand(shell: command).run(input: anchor.line, within: settings.timeout) else {
                return
            }
            logger.critical(
                "audit.anchors.command did not take an anchor: \(problem)",
                metadata: ["event": "audit_anchor_failed"]
            )
        }
    }
}
