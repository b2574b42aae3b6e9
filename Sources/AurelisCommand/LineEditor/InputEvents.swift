internal import Aurelis
internal import Dispatch

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Waits for what comes in at a descriptor, and can be woken.
///
/// The waiting is done on a thread of its own, so that none of those is taken that run tasks.
final class InputEvents: Sendable {
    enum Event: Hashable, Sendable {
        case bytes([UInt8])
        /// Nothing more comes.
        case end
        /// Somebody called `wake()`, or the task was cancelled.
        case woken
        /// Nothing came in time.
        case silence
    }

    private let descriptor: Int32
    private let alarm: (reader: Int32, writer: Int32)
    private let queue = DispatchQueue(label: "aurelis.input")

    /// - Throws: a failure when the system has no descriptors left.
    init(descriptor: Int32) throws(CommandFailure) {
        self.descriptor = descriptor
        guard let ends = PipeEnds() else {
            throw CommandFailure(.failure, "the input cannot be watched: \(SystemError.text(errno))")
        }
        for end in [ends.reading, ends.writing] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        alarm = (ends.reading, ends.writing)
    }

    deinit {
        close(alarm.reader)
        close(alarm.writer)
    }

    /// Ends the wait that is under way, or the next one.
    func wake() {
        var byte: UInt8 = 0
        // A pipe that is full wakes too.
        _ = write(alarm.writer, &byte, 1)
    }

    /// The next event.
    ///
    /// - Parameter milliseconds: how long to wait; nil: for ever.
    func next(within milliseconds: Int32? = nil) async -> Event {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                queue.async { continuation.resume(returning: self.wait(milliseconds ?? -1)) }
            }
        } onCancel: {
            wake()
        }
    }

    private func wait(_ milliseconds: Int32) -> Event {
        while true {
            var waiting = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: alarm.reader, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&waiting, 2, milliseconds)
            if count == 0 { return .silence }
            if count < 0 {
                if errno == EINTR { continue }
                return .end
            }
            if waiting[1].revents != 0 {
                var bytes = [UInt8](repeating: 0, count: 64)
                while read(alarm.reader, &bytes, bytes.count) > 0 {}
                return .woken
            }
            var bytes = [UInt8](repeating: 0, count: 4_096)
            let received = read(descriptor, &bytes, bytes.count)
            if received > 0 { return .bytes(Array(bytes[..<received])) }
            // A terminal whose window was closed fails; so does one that is read from the background.
            if received < 0, errno == EINTR || errno == EAGAIN { continue }
            return .end
        }
    }
}
