internal import Foundation
internal import Synchronization

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// A program that runs beside the tests; all waiting for it happens on a thread of its own.
///
/// Foundation's `Process` does not serve here. It learns that a child has ended when a socket is closed, and children
/// that are started at the same moment inherit that socket: the end of one is seen only after the end of the other.
/// And `waitUntilExit` holds one of the few threads that run tasks; once all of them wait, nobody ends anything.
package final class ChildProcess: Sendable {
    package struct NotStarted: Error { package var status: Int32 }

    private struct State {
        var output = ""
        var isReaped = false
        /// Set when the child has ended and all of its output was read.
        var status: Int32?
        var waiters: [@Sendable (State) -> Bool] = []
    }

    private let id: pid_t
    private let state = Mutex(State())

    /// Starts a program. Its standard output and standard error are one.
    package init(_ path: String, _ arguments: [String]) throws {
        let pipe = try Self.makePipe()
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, pipe.writing, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, pipe.writing, STDERR_FILENO)
        #if canImport(Darwin)
            posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_CLOEXEC_DEFAULT))
        #else
            // Other tests wait for the end of pipes and sockets that nobody else may keep open. Closing one that is not
            // open is no error here.
            for descriptor in 3..<Int32(min(max(sysconf(Int32(_SC_OPEN_MAX)), 4), 8_192)) {
                posix_spawn_file_actions_addclose(&actions, descriptor)
            }
        #endif
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var id: pid_t = 0
        let status = posix_spawn(&id, path, &actions, &attributes, &words, environ)
        close(pipe.writing)
        guard status == 0 else {
            close(pipe.reading)
            throw NotStarted(status: status)
        }
        self.id = id
        Thread.detachNewThread { self.attend(pipe.reading) }
    }

    /// Everything it has printed.
    package var output: String { state.withLock { $0.output } }

    /// Whether it has ended.
    package var hasEnded: Bool { state.withLock { $0.status != nil } }

    /// Waits until it has printed a text; false when it ended before that. Cancelling kills it.
    package func prints(_ text: String) async -> Bool {
        await withTaskCancellationHandler {
            await wait { state in
                if state.output.contains(text) { return true }
                return state.status == nil ? nil : false
            }
        } onCancel: {
            signal(SIGKILL)
        }
    }

    /// Waits until it has ended; 0 when it succeeded.
    package func end() async -> Int32 {
        await wait(\.status)
    }

    /// Sends it a signal, unless it has ended.
    package func signal(_ number: Int32) {
        state.withLock { state in
            if !state.isReaped { _ = kill(id, number) }
        }
    }

    private func wait<Value: Sendable>(_ condition: @escaping @Sendable (State) -> Value?) async -> Value {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if let value = condition(state) { return continuation.resume(returning: value) }
                state.waiters.append { state in
                    guard let value = condition(state) else { return false }
                    continuation.resume(returning: value)
                    return true
                }
            }
        }
    }

    private func attend(_ reading: Int32) {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(reading, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            change { $0.output += String(decoding: buffer[..<count], as: UTF8.self) }
        }
        close(reading)
        // Until it is reaped its number belongs to it, and a signal reaches nobody else.
        var information = siginfo_t()
        while waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        change { state in
            var status: Int32 = 0
            while waitpid(id, &status, 0) < 0, errno == EINTR {}
            state.isReaped = true
            state.status = status
        }
    }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { state in
            body(&state)
            let waiters = state.waiters
            state.waiters = []
            let current = state
            state.waiters = waiters.filter { !$0(current) }
        }
    }

    private static func makePipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw NotStarted(status: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}
