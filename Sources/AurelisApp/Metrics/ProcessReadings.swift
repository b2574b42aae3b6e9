internal import Aurelis
internal import AurelisPrometheus
internal import Foundation

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// What every client of Prometheus tells of its process, under the names that all of them use.
struct ProcessReadings: Sendable {
    /// In milliseconds since 1970-01-01 UTC.
    let start: Int64

    var all: [MetricReading] {
        var readings = [
            gauge("process_start_time_seconds", "When the process began.", Double(start) / 1e3),
            MetricReading(
                "process_cpu_seconds_total",
                .counter,
                "Time of the processors, in user and system mode.",
                [.init([:], Self.processorSeconds)]
            ),
        ]
        if let bytes = Self.residentBytes {
            readings.append(gauge("process_resident_memory_bytes", "Memory that is held.", bytes))
        }
        if let count = Self.openFiles {
            readings.append(gauge("process_open_fds", "Open file descriptors.", Double(count)))
        }
        var limit = rlimit()
        if getrlimit(Self.fileLimit, &limit) == 0 {
            readings.append(gauge("process_max_fds", "How many there may be.", Double(limit.rlim_cur)))
        }
        return readings
    }

    private func gauge(_ name: String, _ help: String, _ value: Double) -> MetricReading {
        MetricReading(name, .gauge, help, [.init([:], value)])
    }

    #if canImport(Glibc)
        private static var fileLimit: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }
        private static var own: __rusage_who_t { __rusage_who_t(RUSAGE_SELF.rawValue) }
    #else
        private static var fileLimit: Int32 { RLIMIT_NOFILE }
        private static var own: Int32 { RUSAGE_SELF }
    #endif

    private static var processorSeconds: Double {
        var usage = rusage()
        guard getrusage(own, &usage) == 0 else { return 0 }
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// The second number of `/proc/self/statm`, in pages; nil where there is no such file.
    private static var residentBytes: Double? {
        guard let data = FileManager.default.contents(atPath: "/proc/self/statm") else { return nil }
        let fields = String(decoding: data, as: UTF8.self).split(separator: " ")
        guard fields.count > 1, let pages = Double(fields[1]) else { return nil }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static var openFiles: Int? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while let entry = readdir(directory) {
            // `.` and `..` are no descriptors, and the one that reads the directory is not there otherwise.
            if entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
        }
        return max(0, count - 1)
    }
}
