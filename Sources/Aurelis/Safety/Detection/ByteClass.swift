/// What a byte can be part of; one table for all of them, so that each question is one load.
struct ByteClass: OptionSet {
    let rawValue: UInt16

    /// Letters, digits, `_` and `-`: what tokens are made of.
    static let token = ByteClass(rawValue: 1)
    /// Letters and digits.
    static let alphanumeric = ByteClass(rawValue: 2)
    /// Standard base64, without its padding.
    static let base64 = ByteClass(rawValue: 4)
    /// Hexadecimal digits.
    static let hexadecimal = ByteClass(rawValue: 8)
    /// Capitals and the digits 2 to 7.
    static let base32 = ByteClass(rawValue: 16)
    /// What ends a value that stands without quotes.
    static let ending = ByteClass(rawValue: 32)
    /// What ends the user's part of a URL that has none.
    static let addressEnding = ByteClass(rawValue: 64)
    /// What may stand between a name and the sign behind it.
    static let joint = ByteClass(rawValue: 128)
    /// What an equals sign may be the end of: `==`, `:=`, `+=`.
    static let sign = ByteClass(rawValue: 256)
    /// Quotes of three kinds.
    static let quote = ByteClass(rawValue: 512)

    /// The classes of every byte, made once and never changed.
    nonisolated(unsafe) static let table: UnsafePointer<UInt16> = {
        let table = UnsafeMutablePointer<UInt16>.allocate(capacity: 256)
        for byte in UInt8.min...UInt8.max { table[Int(byte)] = ByteClass(of: byte).rawValue }
        return UnsafePointer(table)
    }()

    init(rawValue: UInt16) { self.rawValue = rawValue }

    private init(of byte: UInt8) {
        self = []
        let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) && byte < 0x80
        let isCapital = isLetter && byte & 0x20 == 0
        let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        if isLetter || isDigit { formUnion([.token, .alphanumeric, .base64]) }
        if byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") { insert(.token) }
        if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/") { insert(.base64) }
        if isDigit || isLetter && byte | 0x20 <= UInt8(ascii: "f") { insert(.hexadecimal) }
        if isCapital || (UInt8(ascii: "2")...UInt8(ascii: "7")).contains(byte) { insert(.base32) }
        if byte <= 0x20 || byte == 0x7F || "\"'`,;&()[]{}<>|\\".utf8.contains(byte) { insert(.ending) }
        if " \t\"'`]\\)".utf8.contains(byte) { insert(.joint) }
        if "=!:+?".utf8.contains(byte) { insert(.sign) }
        if "\"'`".utf8.contains(byte) { insert(.quote) }
        if byte <= 0x20 || byte == 0x7F || "\"'`/?#<>\\,;(){}|".utf8.contains(byte) { insert(.addressEnding) }
    }
}
