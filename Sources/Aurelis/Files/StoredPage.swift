/// Which part of a list is asked for.
package struct StoredPageRequest: Sendable, Hashable {
    /// The name that the part begins behind; nil: from the beginning.
    package var after: String?
    /// How many there may be.
    package var limit: Int
    /// Whether the oldest come first.
    package var isAscending: Bool

    /// A part of a list.
    package init(after: String? = nil, limit: Int, isAscending: Bool = false) {
        self.after = after
        self.limit = limit
        self.isAscending = isAscending
    }
}

/// A part of a list.
package struct StoredPage<Element: Sendable>: Sendable {
    /// What it holds.
    package var elements: [Element]
    /// Whether there is more behind it.
    package var hasMore: Bool

    /// A part from what was found, of which one more was asked for than the part may hold.
    package init(_ found: [Element], limit: Int) {
        elements = Array(found.prefix(limit))
        hasMore = found.count > limit
    }
}
