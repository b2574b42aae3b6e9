internal import Aurelis
internal import AurelisStorage

extension Doctor {
    /// Anchors that are older than this hold little fast.
    private static let oldAnchor: Int64 = 2 * 86_400

    /// Whether there is a key, and when the chain was anchored last.
    func auditFindings() async -> [DoctorFinding] {
        let name = "audit log"
        let path = configuration.dataDirectory
        guard configuration.audit.isEnabled, !path.isEmpty else { return [.init(name, .ok, "not kept")] }
        let anchors = configuration.audit.settings.anchors.file
        let look = await Blocking.value(within: .seconds(3)) {
            Result { try DatabaseCheck.audit(in: path, anchors: anchors) }
        }
        let found: DatabaseCheck.AuditLook
        switch look {
        case .success(let look): found = look
        case .failure(let error):
            let advice = "give its user the right to read and write it, or mount its disk for writing"
            return [.init(name, .fail, "\(error)", advice: advice)]
        case nil: return [.init(name, .fail, "\(path)/audit does not answer within 3 s")]
        }
        do throws(ConfigurationError) {
            if !found.files.isEmpty || configuration.audit.key != nil {
                let keys = try AuditKeys.ring(configuration, environment: environment, makes: false)
                if let finding = Self.unknownKey(in: found, keys) { return [finding] }
            }
        } catch {
            let advice = "without its key nothing can be proven of it: put it back from your backup"
            return [.init(name, .fail, error.description, advice: advice)]
        }
        guard !found.files.isEmpty else {
            return [.init(name, .ok, "empty; key and files are made with the first entry")]
        }
        guard let anchor = found.lastAnchor else {
            let advice = "`audit: { anchors: { file: … } }` on another disk; `aurelis audit verify` checks the rest"
            return [
                .init(
                    name,
                    .warn,
                    "there are entries and no anchor: what is cut off at its end is not noticed",
                    advice: advice
                )
            ]
        }
        let told = "last anchor at \(anchor.time), of entry \(anchor.sequence)"
        let time = TimeStamp(parsing: anchor.time)?.milliseconds ?? 0
        guard clock.secondsSinceEpoch - time / 1_000 <= Self.oldAnchor else {
            return [.init(name, .ok, "\(told): nothing was recorded of late, or no gateway has run")]
        }
        return [.init(name, .ok, "\(told); `aurelis audit verify` checks the chain")]
    }

    /// Files of which nothing can be proven with the keys that are here.
    private static func unknownKey(in look: DatabaseCheck.AuditLook, _ keys: AuditKeyRing) -> DoctorFinding? {
        let unknown = look.files.filter { file in file.key.map { keys[$0] == nil } ?? false }
        guard let first = unknown.first, let key = first.key else { return nil }
        let more = unknown.count > 1 ? " and \(unknown.count - 1) more" : ""
        return .init(
            "audit log",
            .fail,
            "\(first.name)\(more) was sealed with the key \(key), which is not here: it was lost or exchanged",
            advice: "put it back from your backup behind the one in use, after a comma: nothing is proven without it"
        )
    }
}
