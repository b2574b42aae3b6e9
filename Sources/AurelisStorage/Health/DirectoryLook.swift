package import Aurelis

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Looks at a directory without changing anything in it. Blocks for as long as the disk takes.
package enum DirectoryLook {
    /// Whether it can be written, and how much room there is.
    package static func storage(_ path: String) -> HealthReadings.Storage {
        var look = HealthReadings.Storage(free: free(path))
        look.failure = obstacle(to: path).map { "\(path) cannot be written: \($0)" }
        return look
    }

    /// Why nothing can be written there; nil: something can.
    static func obstacle(to path: String) -> String? {
        access(path, W_OK | X_OK) == 0 ? nil : String(cString: strerror(errno))
    }

    /// How many bytes its user may still write there; nil: it cannot be told.
    package static func free(_ path: String) -> Int64? {
        var facts = statvfs()
        guard statvfs(path, &facts) == 0 else { return nil }
        return Int64(
            clamping: UInt64(facts.f_bavail).multipliedReportingOverflow(by: UInt64(facts.f_frsize)).partialValue
        )
    }
}
