package import AurelisJSON

/// What was used, summed up by day, tenant, provider, model or task.
package struct UsageReport: Sendable {
    /// What the rows are.
    package enum Grouping: String, Sendable, CaseIterable {
        case day, key, provider, model, task

        fileprivate func name(_ key: UsageKey) -> String {
            switch self {
            case .day: key.date
            case .key: key.tenant
            case .provider: key.provider
            case .model: key.model
            case .task: key.task
            }
        }
    }

    /// Which requests are counted.
    package struct Selection: Sendable {
        /// How many days, today included.
        package var days = 7
        /// Only answers of this model.
        package var model: String?
        /// Only requests of this key.
        package var key: String?

        /// Older days are not kept.
        package static let possibleDays = 1...400

        /// Those of a week.
        package init(days: Int = 7, model: String? = nil, key: String? = nil) {
            self.days = days
            self.model = model
            self.key = key
        }

        fileprivate func admits(_ key: UsageKey) -> Bool {
            (model.map { ModelID($0) == ModelID(key.model) } ?? true) && (self.key.map { $0 == key.tenant } ?? true)
        }
    }

    /// One line.
    package struct Row: Sendable {
        package var name: String
        package var counts: UsageCounts
    }

    /// What the rows are.
    package let grouping: Grouping
    /// The first day and the last, such as `2026-11-18`.
    package let (first, last): (String, String)
    /// Days in their order; anything else by requests, the most first.
    package private(set) var rows: [Row] = []
    /// All rows together.
    package private(set) var total = UsageCounts()

    /// The sum of some counts.
    package init(
        _ counts: [(key: UsageKey, counts: UsageCounts)],
        by grouping: Grouping,
        of selection: Selection,
        today: Int
    ) {
        self.grouping = grouping
        func date(_ day: Int) -> String { UsageKey(day: day, tenant: "", provider: "", model: "", task: "").date }
        first = date(today - selection.days + 1)
        last = date(today)
        var sums: [String: UsageCounts] = [:]
        for (key, counts) in counts where selection.admits(key) && key.day > today - selection.days {
            sums[grouping.name(key), default: UsageCounts()] += counts
            total += counts
        }
        rows = sums.map { Row(name: $0.key, counts: $0.value) }
        rows.sort { one, other in
            if grouping != .day, one.counts.requests != other.counts.requests {
                return one.counts.requests > other.counts.requests
            }
            return one.name < other.name
        }
    }

    /// Writes the report as a value.
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("from", first)
        json.field("to", last)
        json.field("by", grouping.rawValue)
        json.key("usage")
        json.beginArray()
        for row in rows {
            json.beginObject()
            json.field(grouping.rawValue, row.name)
            row.counts.writeMembers(to: &json)
            json.endObject()
        }
        json.endArray()
        json.key("total")
        json.beginObject()
        total.writeMembers(to: &json)
        json.endObject()
        json.endObject()
    }
}

extension UsageCounts {
    fileprivate func writeMembers(to json: inout JSONWriter) {
        json.field("requests", Int(requests))
        for field in Self.fields { json.field(field.name, Int(self[keyPath: field.path])) }
        json.field("cost_is_complete", unpriced == 0)
    }
}
