/// A text with a cursor in it, and what can be done there.
///
///     var buffer = EditBuffer("let x")
///     buffer.moveToWordStart()
///     buffer.insert("mut ")        // "let mut x"
struct EditBuffer: Hashable, Sendable {
    private(set) var characters: [Character] = []
    /// Before which character it stands.
    private(set) var cursor = 0
    /// The column that moving up and down aims at, while nothing else is done.
    private var goal: Int?

    init(_ text: String = "") { insert(text) }

    var isEmpty: Bool { characters.isEmpty }
    var text: String { String(characters) }
    var textBeforeCursor: String { String(characters[..<cursor]) }

    /// Puts another text in the place of all, with the cursor at its end.
    mutating func replace(with text: String) { self = EditBuffer(text) }

    mutating func insert(_ text: String) {
        guard !text.isEmpty else { return }
        goal = nil
        // A mark belongs to the character before it.
        let joined = Array((cursor > 0 ? String(characters[cursor - 1]) : "") + text)
        let start = max(0, cursor - 1)
        characters.replaceSubrange(start..<cursor, with: joined)
        cursor = start + joined.count
    }

    // MARK: Moving

    /// - Returns: whether there was anywhere to go.
    @discardableResult
    mutating func move(by distance: Int) -> Bool {
        let target = min(max(0, cursor + distance), characters.count)
        return move(to: target)
    }

    @discardableResult
    mutating func moveToLineStart() -> Bool { move(to: lineStart(of: cursor)) }

    @discardableResult
    mutating func moveToLineEnd() -> Bool { move(to: lineEnd(of: cursor)) }

    @discardableResult
    mutating func moveToWordStart() -> Bool { move(to: wordStart) }

    @discardableResult
    mutating func moveToWordEnd() -> Bool { move(to: wordEnd) }

    /// A line up, or down; false in the first, or last.
    mutating func moveLine(up: Bool) -> Bool {
        let start = lineStart(of: cursor)
        let end = lineEnd(of: cursor)
        guard up ? start > 0 : end < characters.count else { return false }
        let column = goal ?? cursor - start
        let target = up ? lineStart(of: start - 1) : end + 1
        cursor = min(target + column, lineEnd(of: target))
        goal = column
        return true
    }

    private mutating func move(to target: Int) -> Bool {
        goal = nil
        defer { cursor = target }
        return target != cursor
    }

    // MARK: Deleting

    /// - Returns: what was taken out.
    @discardableResult
    mutating func deleteBackward(_ count: Int = 1) -> String { delete(max(0, cursor - count)..<cursor) }

    @discardableResult
    mutating func deleteForward() -> String { delete(cursor..<min(cursor + 1, characters.count)) }

    /// The rest of the line; at its end, the line break.
    mutating func deleteToLineEnd() -> String {
        let end = lineEnd(of: cursor)
        return delete(cursor..<(end == cursor ? min(end + 1, characters.count) : end))
    }

    mutating func deleteToLineStart() -> String {
        let start = lineStart(of: cursor)
        return delete((start == cursor ? max(0, start - 1) : start)..<cursor)
    }

    /// Back to the white space before, as Ctrl-W does it.
    mutating func deleteBlankSeparatedWord() -> String {
        var index = cursor
        while index > 0, characters[index - 1].isWhitespace { index -= 1 }
        while index > 0, !characters[index - 1].isWhitespace { index -= 1 }
        return delete(index..<cursor)
    }

    mutating func deleteToWordStart() -> String { delete(wordStart..<cursor) }

    mutating func deleteToWordEnd() -> String { delete(cursor..<wordEnd) }

    private mutating func delete(_ range: Range<Int>) -> String {
        goal = nil
        let deleted = String(characters[range])
        characters.removeSubrange(range)
        cursor = range.lowerBound
        return deleted
    }

    // MARK: Places

    private func lineStart(of index: Int) -> Int {
        characters[..<index].lastIndex(of: "\n").map { $0 + 1 } ?? 0
    }

    private func lineEnd(of index: Int) -> Int {
        characters[index...].firstIndex(of: "\n") ?? characters.count
    }

    private var wordStart: Int {
        var index = cursor
        while index > 0, !Self.isWord(characters[index - 1]) { index -= 1 }
        while index > 0, Self.isWord(characters[index - 1]) { index -= 1 }
        return index
    }

    private var wordEnd: Int {
        var index = cursor
        while index < characters.count, !Self.isWord(characters[index]) { index += 1 }
        while index < characters.count, Self.isWord(characters[index]) { index += 1 }
        return index
    }

    private static func isWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }
}
