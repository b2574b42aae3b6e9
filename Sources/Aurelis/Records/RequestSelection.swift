/// Which of the requests that were are asked for, and which part of them.
///
///     var selection = RequestSelection(limit: 50)
///     selection.model = "gpt-4o"
///     selection.outcome = .failed
///     let page = try await history.page(selection)
package struct RequestSelection: Sendable, Hashable {
    /// Only those that named this model, or were answered by it.
    package var model: ModelID?
    /// Only those that this provider answered, or failed last.
    package var provider: String?
    /// Only those that ended so.
    package var outcome: Outcome?
    /// Only those for this task.
    package var task: TaskType?
    /// Only those of this key; empty: of nobody in particular.
    package var key: String?
    /// Only those that came then or later, in milliseconds since 1970-01-01 UTC.
    package var since: Int64?
    /// The last one of the part before; nil: from the newest on.
    package var after: Place?
    /// How many there may be.
    package var limit: Int

    /// All requests.
    package init(limit: Int) { self.limit = limit }

    /// How a request ended, as somebody who looks for it says it.
    package enum Outcome: Sendable, Hashable {
        case answered
        case interrupted
        /// In any way without an answer.
        case failed
        /// In this way.
        case category(ModelError.Category)

        /// `answered`, `interrupted`, `failed`, or a category of failures.
        ///
        /// - Parameter text: nil is returned for what no failure is called.
        package init?(_ text: String) {
            switch text {
            case "answered": self = .answered
            case "interrupted": self = .interrupted
            case "failed": self = .failed
            default:
                guard let category = Self.categories.first(where: { $0.rawValue == text }) else { return nil }
                self = .category(category)
            }
        }

        /// Every text that is an outcome.
        package static let names = ["answered", "interrupted", "failed"] + categories.map(\.rawValue)

        private static let categories: [ModelError.Category] = [
            .authentication, .permission, .rateLimit, .quota, .invalidRequest, .contextLength, .contentFilter,
            .modelUnavailable, .retired, .timeout, .connection, .upstream, .cancelled, .security, .overloaded,
            .notCached,
        ]

        fileprivate func admits(_ outcome: RequestRecord.Outcome) -> Bool {
            switch (self, outcome) {
            case (.answered, .answered), (.interrupted, .interrupted), (.failed, .failed): true
            case (.category(let wanted), .failed(let category)): wanted == category
            default: false
            }
        }
    }

    /// Where a request stands among all: the newest first, and those of one moment by their name.
    package struct Place: Sendable, Hashable, Comparable {
        /// In milliseconds since 1970-01-01 UTC.
        package let time: Int64
        /// Its name.
        package let id: RequestID

        /// The place of a request.
        package init(_ record: RequestRecord) { (time, id) = (record.time, record.id) }

        /// Reads what `description` writes; nil for anything else.
        package init?(_ text: String) {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].utf8.count <= 16, parts[0].utf8.allSatisfy({ $0 &- 0x30 < 10 }),
                let time = Int64(parts[0]), let id = RequestID(parsing: String(parts[1]))
            else { return nil }
            (self.time, self.id) = (time, id)
        }

        /// Whether it is older.
        package static func < (one: Place, other: Place) -> Bool {
            one.time == other.time ? one.id.description < other.id.description : one.time < other.time
        }
    }

    /// Whether a request is one of those; its place is another question.
    package func admits(_ record: RequestRecord) -> Bool {
        if let model, !Self.isNamed(model, record) { return false }
        if let provider, record.provider != provider { return false }
        if let outcome, !outcome.admits(record.outcome) { return false }
        if let task, record.task != task { return false }
        if let key, record.tenant != key { return false }
        if let since, record.time < since { return false }
        return true
    }

    private static func isNamed(_ model: ModelID, _ record: RequestRecord) -> Bool {
        [record.modelRequested, record.modelUsed].contains { $0.map { ModelID($0) == model } ?? false }
    }
}

extension RequestSelection.Place: CustomStringConvertible {
    /// `1700000000000-req_5b1f0c9ae4d27788`
    package var description: String { "\(time)-\(id)" }
}

/// A part of the requests that were asked for.
package struct RequestPage: Sendable, Hashable {
    /// The newest first.
    package var records: [RequestRecord]
    /// Behind which one to go on; nil: there are no more. A part may be short, or empty, and not the last.
    package var next: RequestSelection.Place?

    /// A part.
    package init(_ records: [RequestRecord], next: RequestSelection.Place?) {
        self.records = records
        self.next = next
    }
}
