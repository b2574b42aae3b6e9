/// Requests by model and by task, since the process began: a value without I/O.
///
/// Most requests are like the one before, and count where that one did.
struct RequestTallies: Sendable {
    private struct Key: Hashable {
        var model: String
        var task: TaskType
    }

    private var rows: [(key: Key, tally: RequestTally)] = []
    private var indices: [Key: Int] = [:]
    private var names: Set<String> = []
    private var last = 0

    /// Models are named by configurations and providers' catalogs; beyond this they are counted together.
    static let maximumModels = 256

    mutating func add(_ record: RequestRecord) {
        let model = record.modelUsed ?? ""
        if last >= rows.count || rows[last].key.task != record.task || rows[last].key.model != model {
            last = index(of: Key(model: model, task: record.task))
        }
        rows[last].tally.add(record)
    }

    /// By the model that answered, or failed last; empty: none was asked.
    var models: [String: RequestTally] {
        rows.reduce(into: [:]) { $0[$1.key.model, default: RequestTally()] += $1.tally }
    }

    /// By what they were for.
    var tasks: [TaskType: RequestTally] {
        rows.reduce(into: [:]) { $0[$1.key.task, default: RequestTally()] += $1.tally }
    }

    private mutating func index(of key: Key) -> Int {
        if let index = indices[key] { return index }
        var key = key
        if !names.contains(key.model) {
            if names.count < Self.maximumModels {
                names.insert(key.model)
            } else {
                key.model = RequestStatistics.others
                if let index = indices[key] { return index }
            }
        }
        indices[key] = rows.count
        rows.append((key, RequestTally()))
        return rows.count - 1
    }
}

/// What some requests have in common.
package struct RequestTally: Sendable, Hashable {
    /// All that ended.
    package var requests = 0
    /// Those without a whole answer whose caller did not go away.
    package var failed = 0
    /// How long all of them took, in microseconds.
    package var time: Int64 = 0

    /// How long one took on average; nil when there was none.
    package var average: Duration? { requests == 0 ? nil : .microseconds(time / Int64(requests)) }

    fileprivate mutating func add(_ record: RequestRecord) {
        requests += 1
        if record.outcome != .answered, record.outcome != .failed(.cancelled) { failed += 1 }
        time = time.clampedSum(record.duration.microseconds)
    }

    fileprivate static func += (tally: inout RequestTally, other: RequestTally) {
        tally.requests += other.requests
        tally.failed += other.failed
        tally.time = tally.time.clampedSum(other.time)
    }
}
