extension ModelOrchestrator {
    /// Answers many requests, some at a time: one result for each item, in the order of the items.
    ///
    ///     let results = try await orchestrator.process(batch: items) { print($0.done, "of", items.count) }
    ///     for result in results { print(result.customID ?? "", result.content ?? result.problem ?? "") }
    ///
    /// A failure costs no other item its answer; equal items are asked once; what a limit refuses is asked again when
    /// the limit has passed. When the task is cancelled, what is answered by then is kept and the other items' results
    /// say so. With a journal that outlives the process, the same items given again are asked from where it ended.
    ///
    /// - Parameters:
    ///   - journal: where results are kept; nil: nowhere but in what is returned.
    ///   - onProgress: is told whenever something has changed.
    /// - Throws: that the journal does not work; what it has kept stays kept.
    public func process(
        batch items: [BatchItem],
        options: BatchOptions = BatchOptions(),
        journal: (any BatchJournal)? = nil,
        onProgress: (BatchProgress) -> Void = { _ in }
    ) async throws(BatchError) -> [BatchResult] {
        let journal = journal ?? BatchMemory()
        var options = options
        options.total = items.count
        var index = 0
        let report = try await BatchRunner(self, options: options, journal: journal).run(
            {
                guard index < items.count else { return nil }
                index += 1
                return BatchLine(number: index, item: items[index - 1])
            },
            onProgress: onProgress
        )
        var results: [BatchResult] = []
        results.reserveCapacity(items.count)
        for (index, item) in items.enumerated() {
            let result = try await journal.result(of: index + 1)
            results.append(result ?? BatchResult(item.customID, report.end.reason, of: nil))
        }
        return results
    }
}

extension BatchReport.End {
    /// Why an item has no result.
    fileprivate var reason: ModelError {
        switch self {
        case .exhausted(let failure): failure
        case .expired: .batchExpired
        case .cancelled, .completed: ModelError(.cancelled, "the batch was cancelled before this was asked")
        }
    }
}
