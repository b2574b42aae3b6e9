internal import NIOCore

/// Runs the jobs of a task on one event loop, so that a handler and its connection need neither hop nor lock.
///
///     Task(executorPreference: EventLoopTaskExecutor(eventLoop)) { … }
///
/// A job never runs within a channel's callback: it is queued behind it, so that no handler is re-entered.
final class EventLoopTaskExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
