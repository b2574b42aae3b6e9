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
        let (anchor, hasEntries): (AuditAnchorLook?, Bool)
        switch look {
        case .success(let found): (anchor, hasEntries) = (found.lastAnchor, found.hasEntries)
        case .failure(let error):
            return [.init(name, .fail, "\(error)", advice: "give its user the right to read it")]
        case nil: return [.init(name, .fail, "\(path)/audit does not answer within 3 s")]
        }
        do throws(ConfigurationError) {
            if hasEntries || configuration.audit.key != nil {
                _ = try AuditKeys.ring(configuration, environment: environment, makes: false)
            }
        } catch {
            let advice = "without its key nothing can be proven of it: put it back from your backup"
            return [.init(name, .fail, error.description, advice: advice)]
        }
        guard hasEntries else { return [.init(name, .ok, "empty; key and files are made with the first entry")] }
        guard let anchor else {
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
}
