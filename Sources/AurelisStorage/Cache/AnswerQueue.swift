internal import Aurelis

/// The answers that wait for the disk: so many, so large, so many a second; the rest is dropped and counted.
struct AnswerQueue: Sendable {
    private let maximumEntries: Int
    private let maximumBytes: Int
    private var pace: PerSecond
    private var waiting: [CacheRecord] = []
    private var bytes = 0
    /// The answers that are to be deleted.
    private var deletions: Set<CacheKey> = []
    /// How many answers were dropped.
    private(set) var dropped = 0

    init(entries: Int, bytes: Int, perSecond: Int) {
        maximumEntries = entries
        maximumBytes = bytes
        pace = PerSecond(perSecond)
    }

    /// How many answers wait.
    var count: Int { waiting.count }

    /// Whether there is nothing to do.
    var isEmpty: Bool { waiting.isEmpty && deletions.isEmpty }

    /// Takes an answer, if there is room and time for it.
    mutating func append(_ record: CacheRecord, at now: ContinuousClock.Instant) {
        guard waiting.count < maximumEntries, record.size <= maximumBytes - bytes, pace.admits(at: now) else {
            dropped += 1
            return
        }
        waiting.append(record)
        bytes += record.size
        // What is written replaces what is there.
        deletions.remove(record.facts.key)
    }

    /// Takes note of an answer that is to be deleted. Beyond the bound it stays, and costs whoever finds it.
    mutating func delete(_ key: CacheKey) {
        if deletions.count < maximumEntries { deletions.insert(key) }
    }

    /// Whether an answer is to be deleted.
    func deletes(_ key: CacheKey) -> Bool { !deletions.isEmpty && deletions.contains(key) }

    /// Drops the answers that count no more.
    mutating func drop(where isCovered: (CacheFacts) -> Bool) {
        waiting.removeAll { isCovered($0.facts) }
        bytes = waiting.reduce(0) { $0 + $1.size }
    }

    /// Takes away what is written next: as much as one transaction should have.
    mutating func take(entries: Int, bytes limit: Int) -> Group {
        var count = 0
        var size = 0
        while count < min(entries, waiting.count), count == 0 || size + waiting[count].size <= limit {
            size += waiting[count].size
            count += 1
        }
        defer {
            waiting.removeFirst(count)
            bytes -= size
        }
        return Group(records: Array(waiting.prefix(count)), deletions: deletions)
    }

    /// Puts back what could not be written, as far as there is room: the older give way.
    mutating func putBack(_ group: Group) {
        for record in group.records.reversed() {
            guard waiting.count < maximumEntries, record.size <= maximumBytes - bytes else {
                dropped += 1
                continue
            }
            waiting.insert(record, at: 0)
            bytes += record.size
        }
    }

    /// Takes note of what was written: `refused` answers were not, because they count no more.
    mutating func settle(_ group: Group, refused: Int) {
        deletions.subtract(group.deletions)
        dropped += refused
    }

    /// What is written in one transaction: the deletions first.
    struct Group: Sendable {
        var records: [CacheRecord]
        var deletions: Set<CacheKey>

        /// Whether there is nothing to write.
        var isEmpty: Bool { records.isEmpty && deletions.isEmpty }
    }
}
