#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The time of day: for records, and for dates that others set (retirements, `Sunset`, `Retry-After`). Waits use the
/// monotonic `TimeSource`.
///
///     let clock = WallClock.fixed(1_785_369_600)   // 2026-07-30
public struct WallClock: Sendable {
    private let read: @Sendable () -> Int64
    private let look: @Sendable () -> (milliseconds: Int64, setting: ClockSetting?)

    /// A clock that reads as the closure says, in seconds since 1970-01-01 UTC.
    public init(_ read: @escaping @Sendable () -> Int64) { self.init(milliseconds: { read() * 1_000 }) }

    /// A clock that reads milliseconds, and tells how it is set.
    package init(look: @escaping @Sendable () -> (milliseconds: Int64, setting: ClockSetting?)) {
        self.look = look
        read = { look().milliseconds }
    }

    private init(
        milliseconds read: @escaping @Sendable () -> Int64,
        look: (@Sendable () -> (milliseconds: Int64, setting: ClockSetting?))? = nil
    ) {
        self.read = read
        self.look = look ?? { (read(), nil) }
    }

    /// Seconds since 1970-01-01 UTC.
    public var secondsSinceEpoch: Int64 { read() / 1_000 }

    /// Milliseconds since 1970-01-01 UTC.
    public var millisecondsSinceEpoch: Int64 { read() }

    /// Milliseconds since 1970-01-01 UTC, and how the clock is set; no setting: nobody knows.
    package var reading: (milliseconds: Int64, setting: ClockSetting?) { look() }

    /// The system's clock.
    public static let system = WallClock(
        milliseconds: {
            var now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            return Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000
        },
        look: ClockSetting.look
    )

    /// A clock that goes as a time source goes, from the present time of day on.
    package static func following(_ time: any TimeSource) -> WallClock {
        let (start, origin) = (WallClock.system.millisecondsSinceEpoch, time.now)
        return WallClock(milliseconds: { start + origin.duration(to: time.now).milliseconds })
    }

    /// A clock that stands still.
    public static func fixed(_ secondsSinceEpoch: Int64) -> WallClock {
        WallClock(milliseconds: { secondsSinceEpoch * 1_000 })
    }
}
