/// Edits one text after another: a value that takes keys and tells what to do about them.
///
///     var editor = LineEditor()
///     editor.handle(.text("hi"))       // [.redraw]
///     editor.handle(.enter)            // [.accept("hi")]
struct LineEditor: Sendable {
    /// What whoever shows the text has to do.
    enum Action: Hashable, Sendable {
        /// The text or the cursor is another.
        case redraw
        /// The text is ready; the next one begins empty.
        case accept(String)
        /// The text was thrown away.
        case cancel(String)
        /// Ctrl-C where nothing was written.
        case interrupt
        /// Ctrl-D where nothing was written.
        case end
        case clearScreen
        case suspend
        /// What could stand here? `complete(with:)` takes the answer.
        case complete(String)
        /// Several things could stand here.
        case list([String])
        /// That goes no further.
        case bell
    }

    private(set) var buffer = EditBuffer()
    private(set) var history: LineHistory
    /// What was cut last, for Ctrl-Y.
    private var cut = ""

    init(history: LineHistory = LineHistory()) { self.history = history }

    /// Takes a key.
    mutating func handle(_ key: Key) -> [Action] {
        let actions = act(on: key)
        switch key {
        case .up, .down, .control("p"), .control("n"): break
        default: history.stopBrowsing()
        }
        return actions
    }

    /// Puts a text there, as if it had been typed.
    mutating func prefill(_ text: String) { buffer.replace(with: text) }

    /// Changes the text otherwise than by a key.
    mutating func edit(_ change: (inout EditBuffer) -> Void) { change(&buffer) }

    private mutating func act(on key: Key) -> [Action] {
        switch key {
        case .text(let text), .paste(let text):
            buffer.insert(text)
            return [.redraw]
        case .enter:
            guard !MultilineText.isOpen(buffer.text) else { return act(on: .newline) }
            let text = buffer.text
            buffer = EditBuffer()
            // A leading space keeps a text out of the history, as in a shell.
            if let first = text.first, first != " " { history.add(text) }
            return [.accept(text)]
        case .newline:
            buffer.insert("\n")
            return [.redraw]
        case .tab: return [.complete(buffer.textBeforeCursor)]
        case .up, .control("p"): return goBack()
        case .down, .control("n"): return goForward()
        case .control(let letter): return act(onControl: letter)
        case .left: return moved(buffer.move(by: -1))
        case .right: return moved(buffer.move(by: 1))
        case .home: return moved(buffer.moveToLineStart())
        case .end: return moved(buffer.moveToLineEnd())
        case .wordLeft: return moved(buffer.moveToWordStart())
        case .wordRight: return moved(buffer.moveToWordEnd())
        case .backspace: return moved(!buffer.deleteBackward().isEmpty)
        case .delete: return moved(!buffer.deleteForward().isEmpty)
        case .deleteWordLeft: return cut(buffer.deleteToWordStart())
        case .deleteWordRight: return cut(buffer.deleteToWordEnd())
        case .other: return []
        }
    }

    private mutating func act(onControl letter: Character) -> [Action] {
        switch letter {
        case "a": return moved(buffer.moveToLineStart())
        case "e": return moved(buffer.moveToLineEnd())
        case "b": return moved(buffer.move(by: -1))
        case "f": return moved(buffer.move(by: 1))
        case "c":
            guard !buffer.isEmpty else { return [.interrupt] }
            defer { buffer = EditBuffer() }
            return [.cancel(buffer.text)]
        case "d": return buffer.isEmpty ? [.end] : moved(!buffer.deleteForward().isEmpty)
        case "k": return cut(buffer.deleteToLineEnd())
        case "l": return [.clearScreen]
        case "u": return cut(buffer.deleteToLineStart())
        case "w": return cut(buffer.deleteBlankSeparatedWord())
        case "y":
            buffer.insert(cut)
            return moved(!cut.isEmpty)
        case "z": return [.suspend]
        default: return []
        }
    }

    private func moved(_ hasChanged: Bool) -> [Action] { [hasChanged ? .redraw : .bell] }

    private mutating func cut(_ text: String) -> [Action] {
        guard !text.isEmpty else { return [.bell] }
        cut = text
        return [.redraw]
    }

    private mutating func goBack() -> [Action] {
        if buffer.moveLine(up: true) { return [.redraw] }
        guard let entry = history.previous(from: buffer.text) else { return [.bell] }
        buffer.replace(with: entry)
        return [.redraw]
    }

    private mutating func goForward() -> [Action] {
        if buffer.moveLine(up: false) { return [.redraw] }
        guard let entry = history.next() else { return [.bell] }
        buffer.replace(with: entry)
        return [.redraw]
    }
}
