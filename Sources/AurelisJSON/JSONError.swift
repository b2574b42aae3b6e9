/// Why a text is not acceptable JSON, and where.
///
///     do { _ = try JSONDocument(bytes) } catch { print(error) }
///     // expected ',' or '}' at byte 17 (line 1, column 18)
public struct JSONError: Error, Sendable, Hashable {
    /// What kind of defect it is.
    public var code: Code
    /// The byte where the text stops being acceptable, from 0; the text's length when it ends too early.
    public var offset: Int
    /// The line of `offset`, from 1.
    public var line: Int
    /// The column of `offset` in its line, in Unicode scalars, from 1.
    public var column: Int
    /// What is wrong, without the place.
    public var reason: String

    /// An error at a place that is already known.
    public init(_ code: Code, _ reason: String, offset: Int, line: Int, column: Int) {
        self.code = code
        self.offset = offset
        self.line = line
        self.column = column
        self.reason = reason
    }
}

extension JSONError {
    /// A kind of defect.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private let name: String

        private init(_ name: String) { self.name = name }

        /// A byte that the grammar does not allow here.
        public static let unexpectedByte = Code("unexpectedByte")
        /// The text stops in the middle.
        public static let unexpectedEnd = Code("unexpectedEnd")
        /// Bytes that are no UTF-8: overlong, a surrogate, beyond U+10FFFF, or cut off.
        public static let invalidUTF8 = Code("invalidUTF8")
        /// A backslash that begins no escape of JSON.
        public static let invalidEscape = Code("invalidEscape")
        /// Half a surrogate pair in a `\u` escape.
        public static let loneSurrogate = Code("loneSurrogate")
        /// A control character inside a string, not escaped.
        public static let controlCharacter = Code("controlCharacter")
        /// Something that begins as a number and is none, such as `01` or `1.`.
        public static let invalidNumber = Code("invalidNumber")
        /// More arrays and objects inside each other than `JSONLimits.maximumDepth`.
        public static let depthExceeded = Code("depthExceeded")
        /// A text longer than `JSONLimits.maximumBytes`.
        public static let tooLarge = Code("tooLarge")
        /// A name that occurs twice in the top-level object.
        public static let duplicateMember = Code("duplicateMember")
        /// Something after the end of the value.
        public static let trailingBytes = Code("trailingBytes")
        /// A text that begins with a byte order mark.
        public static let byteOrderMark = Code("byteOrderMark")

        /// The code's name.
        public var description: String { name }
    }
}

extension JSONError: CustomStringConvertible {
    /// A sentence for a person.
    public var description: String { "\(reason) at byte \(offset) (line \(line), column \(column))" }
}

extension JSONError {
    /// An error at a byte of a text; finds its line and column.
    init(_ code: Code, _ reason: String, at offset: Int, in text: UnsafeBufferPointer<UInt8>) {
        var line = 1
        var column = 1
        for byte in text.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.init(code, reason, offset: offset, line: line, column: column)
    }
}
