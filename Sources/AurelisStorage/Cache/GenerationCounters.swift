/// What the processes of a data directory tell each other about its answers: how often some were added, and how often
/// some were invalidated.
final class GenerationCounters: Sendable {
    let additions: SharedCounter
    let invalidations: SharedCounter

    /// The counters in a directory.
    init(directory: String) {
        additions = SharedCounter(path: directory + "/cache.additions")
        invalidations = SharedCounter(path: directory + "/cache.generation")
    }

    /// Why there are none; nil when there are.
    var error: (any Error)? { invalidations.error ?? additions.error }

    /// Sees to it that the files are those of the directory.
    func refresh() {
        additions.refresh()
        invalidations.refresh()
    }
}
