internal import Aurelis
internal import AurelisAdmin
internal import AurelisStorage

/// The keys of a data directory, for the control plane, which does not know where they are.
struct KeyAdministration: KeyDesk {
    let editor: AccessKeyEditor
    let trail: AuditTrail
    let clock: WallClock

    var now: Int64 { clock.millisecondsSinceEpoch }

    func book() async throws(KeyDeskError) -> AccessKeyBook {
        do { return try await editor.read() } catch { throw Self.error(error) }
    }

    func update(
        _ change: @escaping @Sendable (inout AccessKeyBook, Int64) throws(AccessKeyError) -> KeyChange
    ) async throws(KeyDeskError) -> KeyChange {
        do {
            return try await editor.update { [clock] book in try change(&book, clock.millisecondsSinceEpoch) }
        } catch {
            throw Self.error(error)
        }
    }

    func note(_ act: KeyAct) {
        let reason = act.key.map { "\(act.what): \($0)" } ?? act.what
        trail.authentication(
            AuditAuthentication(
                time: trail.now,
                isAccepted: act.isDone,
                place: "admin",
                key: act.by,
                reason: reason
            )
        )
    }

    private static func error(_ error: any Error) -> KeyDeskError {
        switch error {
        case let error as AccessKeyError: .refused(error)
        case AccessKeyEditor.Delay.unknown: .unknown
        case AccessKeyEditor.Delay.busy: .unavailable("the disk or another process holds them up; nothing has changed")
        case let error as AccessKeyFileError: .unavailable(error.reason)
        default: .unavailable("\(error)")
        }
    }
}
