/// Asks for one text after another at a terminal.
///
///     var prompt = LinePrompt(…)
///     while case .text(let text) = await prompt.next() { … }
struct LinePrompt {
    enum Line: Hashable, Sendable {
        case text(String)
        /// Ctrl-C where nothing was written.
        case interrupt
        /// Ctrl-D where nothing was written, or the terminal is gone.
        case end
    }

    /// How long a lone ESC waits for what would make it a sequence.
    private static let sequencePause: Int32 = 60
    private static let prompt = "> "
    private static let continuation = "· "

    private let input: InputEvents
    private let terminal: TerminalMode
    private let output: TextOutput
    private let completing: @Sendable (String) -> LineCompletion
    private(set) var editor: LineEditor
    private var decoder = KeyDecoder()
    private var painter: EditorPainter
    /// Keys that came together with the one that ended a text: they belong to the next.
    private var ahead: ArraySlice<Key> = []

    init(
        input: InputEvents,
        terminal: TerminalMode,
        output: TextOutput,
        history: LineHistory,
        completing: @escaping @Sendable (String) -> LineCompletion
    ) {
        self.input = input
        self.terminal = terminal
        self.output = output
        self.completing = completing
        editor = LineEditor(history: history)
        painter = EditorPainter(style: output.style)
    }

    /// The next text.
    ///
    /// - Throws: `CancellationError`.
    mutating func next() async throws -> Line {
        terminal.enter(.editing)
        defer { terminal.enter(.quiet) }
        repaint()
        while true {
            if let line = takeKeys() { return line }
            try Task.checkCancellation()
            switch await input.next(within: decoder.isWaiting ? Self.sequencePause : nil) {
            case .bytes(let bytes): ahead += decoder.decode(bytes)
            case .silence: ahead += decoder.flush()
            case .woken:
                output.note(painter.resize(to: terminal.size.columns))
                repaint()
            case .end:
                output.note(painter.leave())
                return .end
            }
        }
    }

    /// The text with which the next question begins.
    mutating func prefill(_ text: String) { editor.prefill(text) }

    /// Does what the keys ask for, up to one that ends the text; what is seen changes once, however many there are.
    private mutating func takeKeys() -> Line? {
        var isStale = false
        while let key = ahead.popFirst() {
            for action in editor.handle(key) {
                if let line = perform(action, &isStale) { return line }
            }
        }
        if isStale { repaint() }
        return nil
    }

    private mutating func perform(_ action: LineEditor.Action, _ isStale: inout Bool) -> Line? {
        switch action {
        case .redraw: isStale = true
        case .bell: output.note("\u{7}")
        case .accept(let text):
            // It was emptied to be used again: what stays on the screen is the text that was accepted.
            leave(showing: text)
            return .text(text)
        case .cancel(let text):
            leave(showing: text)
            isStale = true
        case .interrupt:
            leave(showing: "")
            return .interrupt
        case .end:
            leave(showing: "")
            return .end
        case .clearScreen:
            painter.forget()
            output.note("\u{1B}[H\u{1B}[2J")
            isStale = true
        case .suspend:
            output.note(painter.leave())
            terminal.suspend()
            isStale = true
        case .complete(let text):
            for action in editor.complete(with: completing(text)) { _ = perform(action, &isStale) }
        case .list(let words):
            output.note(painter.erase() + Self.listed(words, columns: terminal.size.columns, style: output.style))
            isStale = true
        }
        return nil
    }

    private mutating func repaint() { output.note(painter.paint(frame(editor.buffer))) }

    private mutating func leave(showing text: String) {
        output.note(painter.paint(frame(EditBuffer(text))) + painter.leave())
    }

    private func frame(_ buffer: EditBuffer) -> EditorFrame {
        let size = terminal.size
        return EditorFrame(
            buffer,
            prompt: Self.prompt,
            continuation: Self.continuation,
            columns: size.columns,
            rows: max(1, size.rows - 1)
        )
    }

    /// Words in columns, the way a shell shows them.
    static func listed(_ words: [String], columns: Int, style: Style) -> String {
        let words = words.map(TerminalSanitizer.singleLine)
        let width = (words.map(\.displayWidth).max() ?? 0) + 2
        let perRow = max(1, (columns - 1) / max(1, width))
        var text = ""
        for start in stride(from: 0, to: words.count, by: perRow) {
            let row = words[start..<min(words.count, start + perRow)]
            let padded = row.map { $0 + String(repeating: " ", count: width - $0.displayWidth) }.joined()
            text += style(.quiet, String(padded.reversed().drop { $0 == " " }.reversed())) + "\r\n"
        }
        return text
    }
}
