internal import Aurelis

/// The parameters behind a path: `?after=batch_1&limit=20`.
struct QueryItems {
    private var items: [(name: String, value: String)] = []

    /// The parameters of a request's target; what cannot be decoded is not there.
    init(of target: String) {
        guard let mark = target.firstIndex(of: "?") else { return }
        for item in target[target.index(after: mark)...].prefix(while: { $0 != "#" }).split(separator: "&").prefix(32) {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(parts[0]),
                let value = PercentEncoding.decode(parts.dropFirst().first ?? "")
            else { continue }
            items.append((name, value))
        }
    }

    /// The last one of that name that says anything.
    subscript(name: String) -> String? { items.last { $0.name == name && !$0.value.isEmpty }?.value }

    /// The part of a list that is asked for.
    func page(upTo most: Int, default count: Int) throws(ModelError) -> StoredPageRequest {
        var page = StoredPageRequest(after: self["after"], limit: count)
        if let text = self["limit"] {
            guard let limit = Int(text), 1...most ~= limit else { throw .query("limit", "must be 1 to \(most)") }
            page.limit = limit
        }
        switch self["order"] {
        case nil, "desc": break
        case "asc": page.isAscending = true
        default: throw .query("order", "must be \"asc\" or \"desc\"")
        }
        return page
    }

    /// The purpose of the files that are asked for; nil: any.
    func purpose() throws(ModelError) -> StoredFile.Purpose? {
        guard let text = self["purpose"] else { return nil }
        guard let purpose = StoredFile.Purpose(rawValue: text) else {
            let names = StoredFile.Purpose.allCases.map(\.rawValue).joined(separator: ", ")
            throw .query("purpose", "may be \(names)")
        }
        return purpose
    }
}

extension ModelError {
    /// A parameter cannot be understood.
    fileprivate static func query(_ name: String, _ message: String) -> ModelError {
        .refused(400, "'\(name)' \(message)", parameter: name, code: "invalid_query")
    }
}
