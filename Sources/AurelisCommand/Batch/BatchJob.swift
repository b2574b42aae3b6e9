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
            console.remark("all \(input.count) were done by earlier runs; --restart asks anew")
        } else if before > 0 {
            console.remark("\(before) of \(input.count) were done by earlier runs; going on")
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
            var credentials = BatchCredentials(orchestrator)
            let report = try await runner.run(
                { () throws(BatchError) -> BatchLine? in
                    let line = try lines.next()
                    // Of what an earlier run has sent that run has told.
                    if let line, !settled.has(line.number) { credentials.add(line) }
                    return line
                },
                onProgress: { display.show($0) }
            )
            display.end()
            if let words = credentials.words { console.warn(words) }
            return report
        }
    }

    private func finish(_ report: BatchReport, _ journal: DatabaseBatchJournal) async throws {
        let standing = BatchStanding(report.progress, of: input.count)
        switch report.end {
        case .cancelled:
            try await journal.end(.interrupted)
            console.remark("\(standing.text); \(BatchStanding.kept)")
            throw CancellationError()
        case .exhausted(let error):
            try await journal.end(.interrupted)
            var failure = CommandFailure(error)
            failure.message = "\(standing.text): \(failure.message)"
            failure.hints.append(BatchStanding.kept)
            throw failure
        case .completed, .expired:
            let summary = try await write(journal)
            try await journal.end(.completed)
            guard standing.failed > 0 else {
                let place = output.path.map { "; the answers are in \($0)" } ?? ""
                return console.remark(standing.text + place)
            }
            throw CommandFailure(standing, summary, in: output.errorPath ?? output.path)
        }
    }

    /// Writes the output; what cannot be written is not lost.
    private func write(_ journal: DatabaseBatchJournal) async throws -> BatchOutput.Summary {
        let kept = "what was answered is kept: the same command writes it and does not ask it again"
        do { return try await output.write(journal, to: console) } catch var failure as CommandFailure {
            failure.hints.append(kept)
            throw failure
        } catch let error as WriteFailure where !error.isBrokenPipe {
            throw CommandFailure(.failure, "cannot write: \(SystemError.text(error.number))", hint: kept)
        }
    }
}

extension CommandFailure {
    /// A batch in which some failed: the first reasons, where all of them are, and what to do.
    fileprivate init(_ standing: BatchStanding, _ summary: BatchOutput.Summary, in path: String?) {
        self.init(.failure, standing.text)
        hints = summary.reasons
        let more = standing.failed - summary.reasons.count
        let place = path.map { "in \($0)" } ?? "in the output"
        hints.append(more > 0 ? "and \(more) more; all are \(place)" : "the errors are \(place)")
        hints.append(
            summary.isWorthAnother
                ? "run the same command again: it asks what may succeed now, and nothing else"
                : "they would fail again: mend them, and put them into a file of their own"
        )
    }

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
