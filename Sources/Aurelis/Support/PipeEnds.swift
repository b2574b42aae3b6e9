internal import CPipe

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The two ends of a new pipe, which no program that is started at the same moment inherits: it would keep the pipe open, and
/// whoever waits for its end would wait for that program.
///
///     guard let ends = PipeEnds() else { … `errno` says why … }
///
/// Whoever has made it closes both.
package struct PipeEnds: Sendable {
    /// Where is read.
    package let reading: Int32
    /// Where is written.
    package let writing: Int32

    /// nil: the system has no more, as `errno` says.
    package init?() {
        var ends: [Int32] = [-1, -1]
        #if canImport(Darwin)
            // Nothing here makes them closed from the start; so all programs are run with POSIX_SPAWN_CLOEXEC_DEFAULT.
            guard pipe(&ends) == 0 else { return nil }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        #else
            guard aurelis_pipe2(&ends, O_CLOEXEC) == 0 else { return nil }
        #endif
        (reading, writing) = (ends[0], ends[1])
    }
}
