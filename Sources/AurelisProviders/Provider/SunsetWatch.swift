internal import AurelisTransport
internal import Synchronization

/// Looks for the announcement of an end (`Sunset`, RFC 8594; `Deprecation`, RFC 9745) in answers, and tells it once.
final class SunsetWatch: Sendable {
    private let answers = Atomic<UInt>(0)
    private let isTold = Atomic<Bool>(false)

    /// An announcement stays for months: one answer in this many is enough to look at.
    private static let interval: UInt = 64

    /// The announcement in these fields, for a person; nil when there is none or it was told before.
    func announcement(in headers: HTTPHeaderList) -> String? {
        let (count, _) = answers.add(1, ordering: .relaxed)
        guard count % Self.interval == 0, !isTold.load(ordering: .relaxed) else { return nil }
        guard let message = Self.message(sunset: headers["sunset"], deprecation: headers["deprecation"]),
            !isTold.exchange(true, ordering: .relaxed)
        else { return nil }
        return message
    }

    static func message(sunset: String?, deprecation: String?) -> String? {
        if let sunset, !sunset.isEmpty {
            return "it announces its end for \(ErrorBody.presentable(String(sunset.prefix(64))))"
        }
        guard let deprecation, !deprecation.isEmpty, !deprecation.equalsIgnoringCase("false") else { return nil }
        return "it calls this interface deprecated"
    }
}
