#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The clock on the wall, for the person in front of it.
enum TimeOfDay {
    /// The local time after a wait: `14:03:12`, with the date when it is not today.
    static func after(_ wait: Duration) -> String {
        let present = time(nil)
        var then = present + time_t(wait.components.seconds) + (wait.components.attoseconds > 0 ? 1 : 0)
        var now = present
        var local = tm()
        var today = tm()
        guard localtime_r(&then, &local) != nil, localtime_r(&now, &today) != nil else { return "an unknown time" }
        let isToday = local.tm_yday == today.tm_yday && local.tm_year == today.tm_year
        return formatted(&local, isToday ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S")
    }

    /// The local time of a moment in milliseconds since 1970: `14:03:12`, or with its date.
    static func of(milliseconds: Int64, withDate: Bool) -> String {
        var moment = time_t(milliseconds / 1_000)
        var local = tm()
        guard localtime_r(&moment, &local) != nil else { return "an unknown time" }
        return formatted(&local, withDate ? "%Y-%m-%d %H:%M:%S" : "%H:%M:%S")
    }

    private static func formatted(_ local: inout tm, _ format: String) -> String {
        let capacity = 64
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            count = buffer.withMemoryRebound(to: CChar.self) { characters in
                characters.baseAddress.map { strftime($0, capacity, format, &local) } ?? 0
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
