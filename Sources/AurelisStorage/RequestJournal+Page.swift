package import Aurelis
internal import GRDB

extension RequestJournal {
    /// How many requests are read at once, so that writers come in between.
    private static let pageStep = 256

    /// A part of the requests of a selection, the newest first.
    ///
    /// - Parameter most: how many are looked at; a part for which more had to be is short, and not the last.
    package func page(_ selection: RequestSelection, lookingAt most: Int = 20_000) async throws -> RequestPage {
        guard selection.limit > 0, file.exists else { return RequestPage([], next: nil) }
        var page: [RequestRecord] = []
        var place = selection.after
        var looked = 0
        while looked < most {
            let (sql, arguments) = selection.query(after: place, limit: Self.pageStep)
            let found = try await file.pool().read { try Self.records($0, sql, arguments) }
            for record in found {
                place = RequestSelection.Place(record)
                guard selection.admits(record) else { continue }
                page.append(record)
                if page.count == selection.limit { return RequestPage(page, next: place) }
            }
            guard found.count == Self.pageStep else { return RequestPage(page, next: nil) }
            looked += found.count
        }
        return RequestPage(page, next: place)
    }
}

extension RequestSelection {
    /// The next ones that can be told by columns; the rest is in their documents.
    fileprivate func query(after place: Place?, limit: Int) -> (String, StatementArguments) {
        var conditions: [String] = []
        var arguments: StatementArguments = []
        if let since {
            conditions.append("time >= ?")
            arguments += [since]
        }
        if let place {
            conditions.append("(time, id) < (?, ?)")
            arguments += [place.time, place.id.description]
        }
        switch outcome {
        case nil: break
        case .answered, .interrupted, .category:
            conditions.append("outcome = ?")
            arguments += [outcomeName]
        case .failed: conditions.append("outcome NOT IN ('answered', 'interrupted')")
        }
        let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        arguments += [limit]
        return ("SELECT document FROM requests \(condition) ORDER BY time DESC, id DESC LIMIT ?", arguments)
    }

    private var outcomeName: String? {
        switch outcome {
        case .answered: "answered"
        case .interrupted: "interrupted"
        case .category(let category): category.rawValue
        case .failed, nil: nil
        }
    }
}
