/// Turns the bytes of a terminal into keys: UTF-8, control characters, escape sequences, bracketed paste.
///
///     var decoder = KeyDecoder()
///     decoder.decode(Array("é\u{1B}[D".utf8))     // [.text("é"), .left]
///
/// Bytes may come in any pieces. Whether an ESC is a key of its own only time can tell: when nothing follows while
/// `isWaiting`, `flush()` says that nothing will.
///
/// A line editor of our own, because no package that can be had here offers one.
struct KeyDecoder: Sendable {
    /// No more of a paste is kept.
    static let maximumPaste = 1 << 20
    private static let maximumSequence = 32
    private static let pasteEnd = Array("\u{1B}[201~".utf8)

    private enum State: Hashable {
        case ground
        case escape
        /// After ESC [, with what came of the sequence.
        case sequence([UInt8])
        /// After ESC O.
        case singleShift
        case paste
    }

    private var state = State.ground
    /// The bytes of a character that is not complete yet.
    private var partial: [UInt8] = []
    private var pasted: [UInt8] = []
    private var keys: [Key] = []
    private var text = ""

    /// Whether an escape sequence has begun and not ended.
    var isWaiting: Bool {
        switch state {
        case .ground, .paste: false
        case .escape, .sequence, .singleShift: true
        }
    }

    /// The keys that these bytes complete.
    mutating func decode(_ bytes: some Sequence<UInt8>) -> [Key] {
        for byte in bytes { add(byte) }
        endText()
        defer { keys = [] }
        return keys
    }

    /// Nothing more comes: a sequence that has begun was none.
    mutating func flush() -> [Key] {
        guard isWaiting else { return [] }
        state = .ground
        return [.other]
    }

    private mutating func add(_ byte: UInt8) {
        switch state {
        case .ground: addPlain(byte)
        case .escape: addEscaped(byte)
        case .singleShift:
            state = .ground
            emit(Self.letterKey(byte, modifier: nil))
        case .sequence(let begun): addSequence(byte, after: begun)
        case .paste: addPasted(byte)
        }
    }

    private mutating func emit(_ key: Key) {
        endText()
        keys.append(key)
    }

    private mutating func endText() {
        guard !text.isEmpty else { return }
        keys.append(.text(text))
        text = ""
    }

    // MARK: Characters

    private mutating func addPlain(_ byte: UInt8) {
        if !partial.isEmpty {
            if byte & 0xC0 == 0x80 {
                partial.append(byte)
                if partial.count == Self.length(of: partial[0]) {
                    text += String(decoding: partial, as: UTF8.self)
                    partial = []
                }
                return
            }
            text += "\u{FFFD}"
            partial = []
        }
        switch byte {
        case 0x1B: state = .escape
        case 0x0A, 0x0D: emit(.enter)
        case 0x09: emit(.tab)
        case 0x08, 0x7F: emit(.backspace)
        case 0x00..<0x20: emit(.control(Character(Unicode.Scalar(byte + 0x40)).lowercased))
        case 0x20..<0x7F: text.unicodeScalars.append(Unicode.Scalar(byte))
        case 0xC2...0xF4: partial = [byte]
        default: text += "\u{FFFD}"
        }
    }

    private static func length(of lead: UInt8) -> Int { lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2 }

    // MARK: Escape sequences

    private mutating func addEscaped(_ byte: UInt8) {
        state = .ground
        switch byte {
        case UInt8(ascii: "["): state = .sequence([])
        case UInt8(ascii: "O"): state = .singleShift
        case 0x1B: state = .escape
        case 0x0A, 0x0D: emit(.newline)
        case 0x08, 0x7F: emit(.deleteWordLeft)
        case UInt8(ascii: "b"), UInt8(ascii: "B"): emit(.wordLeft)
        case UInt8(ascii: "f"), UInt8(ascii: "F"): emit(.wordRight)
        case UInt8(ascii: "d"), UInt8(ascii: "D"): emit(.deleteWordRight)
        case 0x80...: addPlain(byte)
        default: emit(.other)
        }
    }

    private mutating func addSequence(_ byte: UInt8, after begun: [UInt8]) {
        switch byte {
        case 0x20...0x3F where begun.count < Self.maximumSequence: state = .sequence(begun + [byte])
        case 0x40...0x7E:
            state = .ground
            end(String(decoding: begun, as: UTF8.self), with: byte)
        default:
            state = .ground
            emit(.other)
            // What cannot stand in a sequence stands for itself.
            if byte < 0x20 || byte >= 0x7F { addPlain(byte) }
        }
    }

    private mutating func end(_ parameters: String, with byte: UInt8) {
        let numbers = parameters.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) }
        let first = numbers.first ?? nil
        let modifier = numbers.count > 1 ? numbers[1] : nil
        switch byte {
        case UInt8(ascii: "~"):
            switch first {
            case 1, 7: emit(.home)
            case 4, 8: emit(.end)
            case 3: emit(modifier == nil ? .delete : .deleteWordRight)
            case 27 where numbers.count == 3 && numbers[2] == 13: emit(.newline)
            case 200:
                endText()
                state = .paste
            default: emit(.other)
            }
        // How newer terminals tell Enter with a modifier from Enter.
        case UInt8(ascii: "u"): emit(first == 13 ? (modifier ?? 1) == 1 ? .enter : .newline : .other)
        default: emit(Self.letterKey(byte, modifier: modifier))
        }
    }

    private static func letterKey(_ byte: UInt8, modifier: Int?) -> Key {
        // 3 is Alt, 5 Ctrl: both move by words everywhere.
        let byWords = modifier == 3 || modifier == 5
        switch byte {
        case UInt8(ascii: "A"): return .up
        case UInt8(ascii: "B"): return .down
        case UInt8(ascii: "C"): return byWords ? .wordRight : .right
        case UInt8(ascii: "D"): return byWords ? .wordLeft : .left
        case UInt8(ascii: "H"): return .home
        case UInt8(ascii: "F"): return .end
        case UInt8(ascii: "M"): return .enter
        default: return .other
        }
    }

    // MARK: Paste

    private mutating func addPasted(_ byte: UInt8) {
        pasted.append(byte)
        if byte == UInt8(ascii: "~"), pasted.suffix(Self.pasteEnd.count).elementsEqual(Self.pasteEnd) {
            pasted.removeLast(Self.pasteEnd.count)
            emit(.paste(Self.pastedText(pasted)))
            pasted = []
            state = .ground
        } else if pasted.count > Self.maximumPaste + Self.pasteEnd.count {
            // The beginning is kept, and the latest bytes, in which the end will be found.
            pasted.remove(at: Self.maximumPaste)
        }
    }

    /// Line breaks as newlines; of the other control characters only tabs mean anything in a text.
    private static func pastedText(_ bytes: [UInt8]) -> String {
        var text = ""
        var afterReturn = false
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            defer { afterReturn = scalar == "\r" }
            switch scalar.value {
            case 0x0A where afterReturn: break
            case 0x0A, 0x0D: text += "\n"
            case 0x09: text += "\t"
            case 0x00..<0x20, 0x7F..<0xA0: break
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

extension Character {
    fileprivate var lowercased: Character { Character(lowercased()) }
}
