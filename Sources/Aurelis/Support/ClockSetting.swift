#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// How the time of day is set: how far it is ahead of a clock that nobody sets, and that goes on while the machine sleeps.
///
///     if let step = known.step(to: clock.reading.setting) { … }      // somebody has set the clock
///
/// All processes of a machine see the same. Sleep changes nothing of it; only setting the clock does.
package struct ClockSetting: Sendable, Hashable, Codable {
    /// Which run of the machine it is: after another start there is nothing to compare.
    package var boot: String
    /// In milliseconds.
    package var lead: Int64

    /// A setting.
    package init(boot: String, lead: Int64) {
        self.boot = boot
        self.lead = lead
    }

    /// Less is how clocks are kept right, and how long a look at two of them may take.
    static let tolerance: Int64 = 1_000

    /// By how much the clock was set meanwhile, in milliseconds; nil: not at all, or nobody can tell.
    func step(to later: ClockSetting) -> Int64? {
        guard boot == later.boot else { return nil }
        let (step, overflow) = later.lead.subtractingReportingOverflow(lead)
        return overflow || abs(step) < Self.tolerance ? nil : step
    }
}

extension ClockSetting {
    /// The time of day, and how it is set at that moment; no setting where nobody can tell.
    static func look() -> (milliseconds: Int64, setting: ClockSetting?) {
        var wall: Int64 = 0
        // Between two looks the process may be stopped.
        for _ in 0..<3 {
            let before = milliseconds(steady)
            wall = milliseconds(CLOCK_REALTIME)
            guard let boot else { break }
            if milliseconds(steady) - before <= tolerance / 10 {
                return (wall, ClockSetting(boot: boot, lead: wall - before))
            }
        }
        return (wall, nil)
    }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var now = timespec()
        clock_gettime(clock, &now)
        return Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000
    }

    #if canImport(Darwin)
        /// Goes on in sleep there.
        private static var steady: clockid_t { CLOCK_MONOTONIC }

        private static let boot: String? = {
            var bytes = [UInt8](repeating: 0, count: 64)
            var count = bytes.count
            guard sysctlbyname("kern.bootsessionuuid", &bytes, &count, nil, 0) == 0 else { return nil }
            let text = bytes.prefix(count).prefix { $0 != 0 }
            return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
        }()
    #else
        private static var steady: clockid_t { CLOCK_BOOTTIME }

        private static let boot: String? = {
            let file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { return nil }
            defer { close(file) }
            var bytes = [UInt8](repeating: 0, count: 64)
            let count = read(file, &bytes, bytes.count)
            let text = bytes.prefix(max(0, count)).prefix { $0 > 0x20 }
            return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
        }()
    #endif
}
