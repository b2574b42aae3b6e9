#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// How many files, connections included, this process may have open.
///
///     OpenFileLimit.raise(for: configuration)
///     let count = OpenFileLimit.current?.soft
package struct OpenFileLimit: Sendable, Hashable {
    /// What holds now.
    package var soft: Int
    /// What the process may raise it to.
    package var hard: Int

    /// More than that is of no use to most, and children that close whatever may be open take their time over it.
    private static let usual = 65_536

    /// A limit.
    package init(soft: Int, hard: Int) {
        self.soft = soft
        self.hard = hard
    }

    /// What a server makes of it that has so many at once, and some for files that are sent and fetched.
    func raised(for needed: Int) -> Int { max(soft, min(hard, max(needed, Self.usual))) }

    /// What the system says; nil: nothing.
    package static var current: OpenFileLimit? {
        var limits = rlimit()
        guard getrlimit(resource, &limits) == 0 else { return nil }
        return OpenFileLimit(soft: Int(clamping: limits.rlim_cur), hard: Int(clamping: limits.rlim_max))
    }

    /// Raises what holds as far as it may be. Shells begin with 1,024, for programs that know no more.
    package static func raise(for configuration: Configuration) {
        var limits = rlimit()
        guard let current, getrlimit(resource, &limits) == 0 else { return }
        let raised = current.raised(for: ConnectionLimits.needed(by: configuration))
        guard raised > current.soft else { return }
        limits.rlim_cur = rlim_t(raised)
        _ = setrlimit(resource, &limits)
    }

    #if canImport(Glibc)
        private static var resource: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }
    #else
        private static var resource: Int32 { RLIMIT_NOFILE }
    #endif
}
