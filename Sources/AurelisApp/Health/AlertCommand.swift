internal import AurelisStorage
internal import Dispatch
internal import Synchronization

/// A program that is told of an alert on its standard input, with an environment of its own.
///
///     await AlertCommand(["/usr/local/bin/notify", "ops"], environment: ["PATH": "/usr/bin:/bin"])
///         .run(input: body, within: .seconds(10))         // nil: it ended well
struct AlertCommand: Sendable {
    private let command: PipedCommand

    init(_ words: [String], environment: [String: String]) {
        command = PipedCommand(words, environment: environment)
    }

    /// Runs it to its end; a cancelled task ends it.
    ///
    /// - Returns: what went wrong; nil when it ended well.
    func run(input: [UInt8], within limit: Duration) async -> String? {
        let cancellation = Cancellation()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                DispatchQueue.global(qos: .utility).async {
                    let problem = command.run(input: input, within: limit) {
                        cancellation.flag.load(ordering: .relaxed)
                    }
                    continuation.resume(returning: problem)
                }
            }
        } onCancel: {
            cancellation.flag.store(true, ordering: .relaxed)
        }
    }

    private final class Cancellation: Sendable {
        let flag = Atomic(false)
    }
}
