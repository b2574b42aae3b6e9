internal import Aurelis
internal import AurelisApp
internal import AurelisStorage
internal import Foundation
internal import Logging

/// Works through a batch, or goes on where another run of it ended, and writes its output.
struct BatchJob: Sendable {
    let input: BatchInput
    let output: BatchOutput
    let options: BatchOptions
    let isRestarting: Bool
    let console: Console

    /// - Throws: why there is no output, or what is wrong with it.
    func run(_ orchestrator: ModelOrchestrator, _ configuration: Configuration, logger: Logger) async throws {
        do {
            let journal = try await DatabaseBatchJournal.open(
                directory: configuration.dataDirectory,
                batch: identity(configuration),
                restarting: isRestarting,
                logger: logger
            )
            let report = try await answer(orchestrator, journal)
            try await finish(report, journal)
        } catch let error as BatchError {
            throw CommandFailure(error)
        }
    }

    /// The batch's name: the same input to the same place, answered by real providers or by the simulator.
    private func identity(_ configuration: Configuration) -> DatabaseBatchJournal.Identity {
        // However the place is written, it is one place.
        let path = output.path.map { path in
            URL(filePath: path.hasPrefix("/") ? path : ProcessEnvironment.workingDirectory + "/" + path)
                .standardizedFileURL.resolvingSymlinksInPath().path
        }
        var name = InputDigest()
        name.update("input", Array(input.digest.utf8))
        name.update("output", Array((path ?? "-").utf8))
        name.update("simulated", Array("\(configuration.simulates)".utf8))
        return DatabaseBatchJournal.Identity(name: name.value, input: input.digest)
    }

    private func answer(
        _ orchestrator: ModelOrchestrator,
        _ journal: DatabaseBatchJournal
    ) async throws -> BatchReport {
        let settled = try await journal.settled()
        let before = settled.answered.count + settled.failed.count
        if before >= input.count {
            console.remark("all \(input.count) have results of before; --restart asks anew")
        } else if before > 0 {
            console.remark("\(before) of \(input.count) answered before; going on")
        }
        let errors = console.errors
        var options = options
        options.total = input.count
        let runner = BatchRunner(orchestrator, options: options, journal: journal)
        let lines = try input.lines()
        let outlook = BatchOutlook()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [input] in await outlook.look(at: input, settled, orchestrator) }
            defer { group.cancelAll() }
            let display = BatchDisplay(BatchMeter(errors, at: .now), outlook) { errors.note($0) }
            group.addTask { await display.run() }
            let report = try await runner.run({ () throws(BatchError) in try lines.next() }) { display.show($0) }
            display.end()
            return report
        }
    }

    private func finish(_ report: BatchReport, _ journal: DatabaseBatchJournal) async throws {
        let (progress, total) = (report.progress, input.count)
        switch report.end {
        case .cancelled:
            try await journal.end(.interrupted)
            console.remark("\(progress.done) of \(total) are done and kept; the same command goes on")
            throw CancellationError()
        case .exhausted(let error):
            try await journal.end(.interrupted)
            var failure = CommandFailure(error)
            failure.message = "\(progress.left) of \(total) are left: \(failure.message)"
            failure.hints.append("the \(progress.done) that are done are kept; the same command goes on")
            throw failure
        case .completed, .expired:
            let summary = try await output.write(journal, to: console)
            try await journal.end(.completed)
            console.remark(words(progress))
            guard progress.failed > 0 else { return }
            var failure = CommandFailure(.failure, "\(progress.failed) of \(total) failed")
            failure.hints = summary.reasons
            let more = progress.failed - summary.reasons.count
            if more > 0 { failure.hints.append("and \(more) more; \(output.errorPath ?? "the output") has them all") }
            if summary.isWorthAnother { failure.hints.append("the same command asks again what may succeed") }
            throw failure
        }
    }

    private func words(_ progress: BatchProgress) -> String {
        var parts = ["\(progress.answered) of \(input.count) answered"]
        if progress.restored > 0 { parts.append("\(progress.restored) results of before") }
        if progress.cached > 0 { parts.append("\(progress.cached) from the cache") }
        if progress.coalesced > 0 { parts.append("\(progress.coalesced) shared") }
        return parts.joined(separator: ", ")
    }
}

extension CommandFailure {
    /// A batch that cannot go on.
    fileprivate init(_ error: BatchError) {
        switch error.code {
        case .busy:
            self.init(.failure, error.message, hint: "wait for it, or end it: what it has done is kept")
        case .input: self.init(.usage, error.message)
        default: self.init(.failure, error.message, hint: "the same command goes on with what is kept")
        }
    }
}
