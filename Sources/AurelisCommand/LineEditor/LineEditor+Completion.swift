/// What could stand before the cursor.
struct LineCompletion: Hashable, Sendable {
    /// How many characters before the cursor it would replace.
    var replaced: Int
    /// The possibilities, each whole.
    var candidates: [String]

    /// Nothing.
    static let none = LineCompletion(replaced: 0, candidates: [])

    /// Those of some words that begin like the end of a text, in any case of letters.
    static func words(_ words: some Sequence<String>, beginning: some StringProtocol) -> LineCompletion {
        let wanted = beginning.lowercased()
        return LineCompletion(
            replaced: beginning.count,
            candidates: words.filter { $0.lowercased().hasPrefix(wanted) }
        )
    }
}

extension LineEditor {
    /// Takes what could stand before the cursor: one possibility is put there, of several what they have in common.
    mutating func complete(with completion: LineCompletion) -> [Action] {
        guard let first = completion.candidates.first else { return [.bell] }
        let typed = buffer.textBeforeCursor.suffix(completion.replaced)
        var common = Substring(first)
        for candidate in completion.candidates.dropFirst() {
            common = common.prefix(zip(common, candidate).prefix { $0 == $1 }.count)
        }
        guard completion.candidates.count > 1 else {
            // A directory is a beginning; everything else is a word that ends here.
            return put(first + (first.hasSuffix("/") ? "" : " "), over: completion.replaced)
        }
        guard common.count > typed.count else { return [.list(completion.candidates)] }
        return put(String(common), over: completion.replaced)
    }

    private mutating func put(_ text: String, over count: Int) -> [Action] {
        edit { buffer in
            buffer.deleteBackward(count)
            buffer.insert(text)
        }
        return [.redraw]
    }
}
