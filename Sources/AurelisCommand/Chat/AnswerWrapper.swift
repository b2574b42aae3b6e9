/// Breaks an answer at spaces where a terminal would break it within words, as it comes in pieces.
///
///     var wrapper = AnswerWrapper(columns: 80)
///     wrapper.wrap("one two …")      // what can be shown now
///     wrapper.finish()               // the word that was held back
///
/// A word is held back until it ends. Lines of code (between ``` fences, or indented by four columns) and tables are left
/// alone: whoever copies them wants them as they are.
struct AnswerWrapper: Sendable {
    private let columns: Int
    private var column = 0
    /// The word that has not ended.
    private var word = ""
    private var wordWidth = 0
    /// Spaces before that word: they are not shown when it goes to a line of its own.
    private var gap = ""
    private var line = Line.beginning("")
    private var isInFence = false

    /// What kind of line it is, which its beginning tells.
    private enum Line: Hashable {
        /// Not known yet, with what there is of it.
        case beginning(String)
        case text
        case asIs
    }

    init(columns: Int) { self.columns = max(20, columns) }

    /// The next piece, as far as it can be shown.
    mutating func wrap(_ piece: String) -> String {
        var shown = ""
        for character in piece { add(character, to: &shown) }
        return shown
    }

    /// What was held back; the answer is over.
    mutating func finish() -> String {
        var shown = ""
        decide(to: &shown)
        endWord(to: &shown)
        return shown + gap
    }

    private mutating func add(_ character: Character, to shown: inout String) {
        if character == "\n" {
            decide(to: &shown)
            endWord(to: &shown)
            shown += "\n"
            (column, gap, line) = (0, "", .beginning(""))
            return
        }
        switch line {
        case .beginning(let begun):
            let text = begun + String(character)
            line = .beginning(text)
            if text.count >= 4 || character != " " && character != "`" && character != "\t" { decide(to: &shown) }
        case .asIs: shown.append(character)
        case .text: addText(character, to: &shown)
        }
    }

    /// Decides by its beginning what a line is.
    private mutating func decide(to shown: inout String) {
        guard case .beginning(let begun) = line else { return }
        let trimmed = begun.drop { $0 == " " }
        if trimmed.hasPrefix("```") {
            isInFence.toggle()
            line = .asIs
        } else if isInFence || begun.hasPrefix("    ") || begun.hasPrefix("\t") || trimmed.hasPrefix("|") {
            line = .asIs
        } else {
            line = .text
        }
        guard line == .text else {
            shown += begun
            return
        }
        for character in begun { addText(character, to: &shown) }
    }

    private mutating func addText(_ character: Character, to shown: inout String) {
        guard character == " " else {
            word.append(character)
            wordWidth += character.displayWidth
            // A word that fits nowhere is cut by the terminal; holding it back would only keep it from sight.
            if wordWidth >= columns { endWord(to: &shown) }
            return
        }
        endWord(to: &shown)
        gap.append(character)
    }

    private mutating func endWord(to shown: inout String) {
        guard !word.isEmpty else { return }
        // Without a gap it is the rest of a word that was too long for any line.
        if !gap.isEmpty, column > 0, column + gap.count + wordWidth > columns {
            shown += "\n" + word
            column = wordWidth
        } else {
            shown += gap + word
            column += gap.count + wordWidth
        }
        // What is longer than a line the terminal breaks itself; a line that is full is none yet.
        if column > columns { column = (column - 1) % columns + 1 }
        (word, wordWidth, gap) = ("", 0, "")
    }
}
