#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The time of day, for dates that others set: retirements, `Sunset`, `Retry-After`. Waits use a monotonic clock.
///
///     let clock = WallClock.fixed(CalendarDate(year: 2026, month: 7, day: 30).secondsSinceEpoch)
package struct WallClock: Sendable {
    private let read: @Sendable () -> Int64

    /// A clock that reads as the closure says, in seconds since 1970-01-01 UTC.
    package init(_ read: @escaping @Sendable () -> Int64) { self.read = read }

    /// Seconds since 1970-01-01 UTC.
    package var secondsSinceEpoch: Int64 { read() }

    /// The system's clock.
    package static let system = WallClock {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec)
    }

    /// A clock that stands still.
    package static func fixed(_ secondsSinceEpoch: Int64) -> WallClock { WallClock { secondsSinceEpoch } }
}
