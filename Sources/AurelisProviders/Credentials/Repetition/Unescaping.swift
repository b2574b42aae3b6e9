/// Takes away one layer of escapes: those of URLs, of JSON, of C and of HTML.
///
///     Unescaping.text(of: Array("%67hp&#95;\\x61".utf8))      // ghp_a
///
/// Tolerant, because whoever wrote the text need not have meant one of them: what is no escape stands for itself.
enum Unescaping {
    /// The text without escapes; nil when it has none.
    static func text(of text: [UInt8]) -> [UInt8]? {
        guard text.contains(where: isBeginning) else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.first {
            guard isBeginning(byte), let (bytes, length) = escape(rest) else {
                result.append(byte)
                rest = rest.dropFirst()
                continue
            }
            result += bytes
            rest = rest.dropFirst(length)
        }
        return result.count == text.count ? nil : result
    }

    private static func isBeginning(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "%") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "&")
    }

    /// What the escape at the beginning stands for, and how long it is; nil when there is none.
    private static func escape(_ text: ArraySlice<UInt8>) -> (bytes: [UInt8], length: Int)? {
        switch text.first {
        case UInt8(ascii: "%"):
            return number(text.dropFirst().prefix(2), digits: 2).map { ([UInt8($0)], 3) }
        case UInt8(ascii: "&"): return entity(text)
        default: break
        }
        guard let next = text.dropFirst().first else { return nil }
        switch next {
        case UInt8(ascii: "u"):
            return number(text.dropFirst(2).prefix(4), digits: 4).map { (spelled($0), 6) }
        case UInt8(ascii: "x"):
            return number(text.dropFirst(2).prefix(2), digits: 2).map { ([UInt8($0)], 4) }
        case UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "\""): return ([next], 2)
        case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return ([UInt8(ascii: "\n")], 2)
        default: return nil
        }
    }

    /// `&#103;`, `&#x67;`, `&amp;`; browsers do without the semicolon of a number.
    private static func entity(_ text: ArraySlice<UInt8>) -> (bytes: [UInt8], length: Int)? {
        guard text.dropFirst().first == UInt8(ascii: "#") else {
            let name = text.dropFirst().prefix(longestName + 1).prefix { $0 != UInt8(ascii: ";") }
            guard name.count <= longestName, name.endIndex < text.endIndex, let byte = names[Array(name)] else {
                return nil
            }
            return ([byte], name.count + 2)
        }
        let isHexadecimal = (text.dropFirst(2).first ?? 0) | 0x20 == UInt8(ascii: "x")
        let start = isHexadecimal ? 3 : 2
        let digits = text.dropFirst(start).prefix(8).prefix { isHexadecimal ? isHexDigit($0) : isDigit($0) }
        guard !digits.isEmpty, digits.count < 8,
            let code = UInt32(String(decoding: digits, as: UTF8.self), radix: isHexadecimal ? 16 : 10)
        else { return nil }
        let hasEnd = text.dropFirst(start + digits.count).first == UInt8(ascii: ";")
        return (spelled(code), start + digits.count + (hasEnd ? 1 : 0))
    }

    /// A character in UTF-8; half a surrogate pair is part of no credential.
    private static func spelled(_ code: UInt32) -> [UInt8] {
        Unicode.Scalar(code).map { Array(String(Character($0)).utf8) } ?? []
    }

    private static func number(_ text: ArraySlice<UInt8>, digits: Int) -> UInt32? {
        guard text.count == digits, text.allSatisfy(isHexDigit) else { return nil }
        return UInt32(String(decoding: text, as: UTF8.self), radix: 16)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }

    /// HTML's names for the signs that credentials are made of, and for those that every HTML writer escapes.
    private static let names: [[UInt8]: UInt8] = {
        let names: [String: Unicode.Scalar] = [
            "amp": "&", "AMP": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "lowbar": "_", "UnderBar": "_",
            "period": ".", "plus": "+", "equals": "=", "sol": "/", "bsol": "\\", "colon": ":", "semi": ";",
            "excl": "!", "num": "#", "dollar": "$", "percnt": "%", "ast": "*", "commat": "@", "comma": ",",
            "lpar": "(", "rpar": ")", "lsqb": "[", "rsqb": "]", "lcub": "{", "rcub": "}", "quest": "?", "Hat": "^",
            "grave": "`", "verbar": "|", "vert": "|",
        ]
        return Dictionary(uniqueKeysWithValues: names.map { (Array($0.key.utf8), UInt8($0.value.value)) })
    }()
    private static let longestName = 8
}
