internal import Aurelis
internal import Foundation
internal import GRDB

/// Conditions of an SQL statement with their values.
struct CacheCondition {
    private(set) var sql = "1"
    private(set) var arguments = StatementArguments()

    /// The answers of a selection.
    init(_ selection: CacheSelection) {
        if let task = selection.task { add("task = ?", [task.rawValue]) }
        if let model = selection.model { add("model = ?", [model.canonical]) }
        if let tenant = selection.tenant { add("tenant = ?", [tenant.canonical]) }
        if let tag = selection.tag { add("id IN (SELECT answer FROM tags WHERE tag = ?)", [tag.canonical]) }
        guard let prefix = selection.keyPrefix else { return }
        func key(filledWith digit: Character) -> CacheKey? {
            CacheKey(parsing: prefix + String(repeating: digit, count: max(0, 64 - prefix.utf8.count)))
        }
        if let first = key(filledWith: "0"), let last = key(filledWith: "f") {
            add("key BETWEEN ? AND ?", [Data(first.bytes), Data(last.bytes)])
        } else {
            add("0", [])
        }
    }

    /// Also demands this.
    mutating func add(_ condition: String, _ values: StatementArguments) {
        sql += " AND " + condition
        arguments += values
    }
}
