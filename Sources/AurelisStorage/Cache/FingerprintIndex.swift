internal import Aurelis

/// Which answers the database may have, by the fingerprints of their keys: most questions about what is not there end
/// here.
///
/// It belongs to one file, and knows how far it has read there. It forgets nothing that is deleted: a fingerprint too
/// many costs a look into the database.
struct FingerprintIndex: Sendable {
    /// What was read of a file since the last time.
    struct News: Sendable {
        /// Which file that is.
        var file: UInt64
        /// The number of additions before anything was read: those are included.
        var additions: UInt64
        /// The row after which the reading began.
        var firstRow: Int64
        /// The last row that was read.
        var lastRow: Int64
        /// The rows' fingerprints.
        var fingerprints: [UInt64]
    }

    private var fingerprints: Set<UInt64> = []
    /// Which file it tells of.
    private(set) var file: UInt64
    private(set) var lastRow: Int64 = 0
    /// The additions it has seen; nil until it has been loaded.
    private(set) var additions: UInt64?

    /// An index of a file that nothing is known of.
    init(file: UInt64) { self.file = file }

    /// How many fingerprints it has.
    var count: Int { fingerprints.count }

    /// Whether it has been read from the file.
    var isLoaded: Bool { additions != nil }

    /// Whether an answer is certainly not there.
    ///
    /// - Parameter additions: how often answers have been added by now.
    func excludes(_ key: CacheKey, additions: UInt64) -> Bool {
        self.additions == additions && !fingerprints.contains(key.fingerprint)
    }

    /// Takes what was read of the whole file.
    mutating func load(_ news: News) {
        guard news.file == file else { return }
        fingerprints = Set(news.fingerprints)
        lastRow = news.lastRow
        additions = news.additions
    }

    /// Takes what was read beyond the last row.
    mutating func append(_ news: News) {
        // What was read from another beginning may leave a gap.
        guard news.file == file, news.firstRow <= lastRow, let known = additions else { return }
        fingerprints.formUnion(news.fingerprints)
        lastRow = max(lastRow, news.lastRow)
        // Numbers of additions only grow, but reads may end in another order than they began.
        if news.additions &- known < UInt64.max / 2 { additions = news.additions }
    }

    /// Takes note that the addition that followed those that were seen is known.
    mutating func see(addition: (before: UInt64, after: UInt64)) {
        // More than one between them: another process added something, which is not in the index.
        if additions == addition.before, addition.after == addition.before + 1 { additions = addition.after }
    }
}
