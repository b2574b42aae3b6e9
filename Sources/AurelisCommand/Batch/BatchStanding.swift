internal import Aurelis

/// How a batch stands when the command ends, in words that are the same however it ends; the numbers add up.
///
///     BatchStanding(progress, of: 21).text        // "14 of 21 answered, 2 failed (9 by earlier runs, 1 shared), 5 left"
struct BatchStanding {
    /// Said of every batch that is not through.
    static let kept = "what is done is kept; the same command goes on"

    private let progress: BatchProgress
    private let total: Int

    init(_ progress: BatchProgress, of total: Int) {
        self.progress = progress
        self.total = total
    }

    /// Items whose result is an error.
    var failed: Int { progress.failed }

    /// For a person.
    var text: String {
        let sources = [
            (progress.restored, "by earlier runs"), (progress.cached, "from the cache"), (progress.coalesced, "shared"),
        ]
        let left = total - progress.done
        var text = "\(progress.answered) of \(total) answered"
        if progress.failed > 0 { text += ", \(progress.failed) failed" }
        let known = sources.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        if !known.isEmpty { text += " (\(known.joined(separator: ", ")))" }
        return left > 0 ? text + ", \(left) left" : text
    }
}
