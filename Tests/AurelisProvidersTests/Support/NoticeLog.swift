import AurelisProviders
import Synchronization

/// What a provider told its operator.
final class NoticeLog: Sendable {
    private let log = Mutex<[ProviderNotice]>([])

    var notices: [ProviderNotice] { log.withLock { $0 } }

    @Sendable
    func note(_ notice: ProviderNotice) { log.withLock { $0.append(notice) } }
}
