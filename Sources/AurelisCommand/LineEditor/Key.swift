/// What a person does at a keyboard, whatever bytes the terminal makes of it.
enum Key: Hashable, Sendable {
    /// Characters to be put where the cursor is.
    case text(String)
    /// What was pasted, in one piece; its line breaks are newlines.
    case paste(String)
    /// A key pressed together with Ctrl, by its letter.
    case control(Character)
    case enter
    /// Enter with Alt, Shift or Ctrl: a new line in the text.
    case newline
    case tab
    case backspace
    case delete
    case deleteWordLeft
    case deleteWordRight
    case left
    case right
    case up
    case down
    case wordLeft
    case wordRight
    case home
    case end
    /// A key that means nothing here.
    case other
}
