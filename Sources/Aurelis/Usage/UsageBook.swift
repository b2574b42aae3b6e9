/// What was used of late, merged as it comes in: a state without I/O.
///
///     book.add(record)
///     let counts = book.take()        // to be written down
package struct UsageBook: Sendable {
    private var rows: [(key: UsageKey, counts: UsageCounts)] = []
    private var indices: [UsageKey: Int] = [:]
    /// Where the last request was counted: most are like the one before.
    private var last = 0

    /// Models are named by callers, so there is no end of them.
    package static let maximumRows = 4_096

    /// An empty book.
    package init() {}

    /// Counts a request.
    package mutating func add(_ record: RequestRecord) {
        let counts = UsageCounts(of: record)
        if last < rows.count, rows[last].key.isKey(of: record) {
            rows[last].counts += counts
        } else {
            add(counts, to: UsageKey(of: record))
        }
    }

    /// Counts what was counted elsewhere.
    package mutating func add(_ counts: UsageCounts, to key: UsageKey) {
        var key = key
        if indices[key] == nil, rows.count >= Self.maximumRows {
            // What no longer fits stands for itself, so that sums stay true.
            key = UsageKey(day: key.day, tenant: "", provider: "", model: "others", task: "")
        }
        if let index = indices[key] {
            last = index
            rows[index].counts += counts
            return
        }
        last = rows.count
        indices[key] = last
        rows.append((key, counts))
    }

    /// Takes everything out.
    package mutating func take() -> [(key: UsageKey, counts: UsageCounts)] {
        defer { self = UsageBook() }
        return rows
    }

    /// What is in it.
    package var contents: [(key: UsageKey, counts: UsageCounts)] { rows }
}

extension UsageKey {
    /// Whether a request counts under this key; without making its own.
    fileprivate func isKey(of record: RequestRecord) -> Bool {
        day == Self.day(of: record.time) && model == record.modelUsed ?? "" && provider == record.provider ?? ""
            && task == record.task.rawValue && tenant == record.tenant
    }
}
