/// What was typed before, for going back to it.
///
///     var history = LineHistory(["git log", "ls", "git diff"])
///     history.previous(from: "git")     // "git diff": what begins like the text that is there
///     history.previous(from: "")        // "git log"
///     history.next()                    // "git diff"
struct LineHistory: Hashable, Sendable {
    /// No more is kept.
    static let limit = 1_000

    private(set) var entries: [String]
    private var browsing: Browsing?

    private struct Browsing: Hashable {
        /// What was there before, and comes back below the latest entry.
        let draft: String
        var index: Int
    }

    init(_ entries: [String] = []) { self.entries = Array(entries.suffix(Self.limit)) }

    /// Keeps a text; the same twice in a row only once.
    mutating func add(_ text: String) {
        browsing = nil
        guard entries.last != text else { return }
        entries.append(text)
        if entries.count > Self.limit { entries.removeFirst() }
    }

    /// The entry before, of those that begin like what was there when the going back began; nil: there is none.
    mutating func previous(from text: String) -> String? {
        let now = browsing ?? Browsing(draft: text, index: entries.count)
        return find(stride(from: now.index - 1, through: 0, by: -1), now)
    }

    /// The entry after, and at last what was there before; nil: nobody has gone back.
    mutating func next() -> String? {
        guard let now = browsing else { return nil }
        if let entry = find(stride(from: now.index + 1, to: entries.count, by: 1), now) { return entry }
        browsing = nil
        return now.draft
    }

    /// The text was changed: what is there now is what the next search begins with.
    mutating func stopBrowsing() { browsing = nil }

    private mutating func find(_ indices: StrideTo<Int>, _ now: Browsing) -> String? { find(Array(indices), now) }

    private mutating func find(_ indices: StrideThrough<Int>, _ now: Browsing) -> String? { find(Array(indices), now) }

    private mutating func find(_ indices: [Int], _ now: Browsing) -> String? {
        let shown = entries.indices.contains(now.index) ? entries[now.index] : now.draft
        for index in indices where entries[index].hasPrefix(now.draft) && entries[index] != shown {
            browsing = Browsing(draft: now.draft, index: index)
            return entries[index]
        }
        return nil
    }
}
