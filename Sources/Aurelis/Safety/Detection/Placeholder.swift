/// What people write in the place of a secret: `your-api-key`, `xxxx`, `${TOKEN}`, `AKIAIOSFODNN7EXAMPLE`.
enum Placeholder {
    /// Whether a piece of a token says of itself that it is none.
    static func isMarked(_ text: SecretText, _ range: Range<Int>) -> Bool {
        let range = range.prefix(256)
        return range.contains { index in
            let byte = text[index].folded
            return marks.contains { mark in
                mark.utf8Start[0] == byte && index + mark.utf8CodeUnitCount <= range.upperBound
                    && text.hasFolded(mark, at: index)
            }
        }
    }

    /// Whether little is left of a value without the words of which placeholders are made.
    ///
    /// Short ones count between others and at the edges of words only: there is a `me` in `Sommer`.
    ///
    /// - Parameter rest: how many letters and digits a secret has besides.
    static func isMadeOfWords(_ text: SecretText, _ range: Range<Int>, rest: Int) -> Bool {
        let range = range.prefix(256)
        let value = range.map { plain(text[$0]) }
        var index = 0
        var left = 0
        var isBehindWord = true
        while index < value.count {
            let length = wordLength(value[index...])
            let end = index + length
            let isWhole =
                length > longestShort
                || length > 0
                    && (isBehindWord || isEdge(text, range.lowerBound + index, in: range))
                    && (isEdge(text, range.lowerBound + end, in: range) || wordLength(value[end...]) > 0)
            isBehindWord = isWhole
            if isWhole {
                index = end
            } else {
                if value[index].isSmall || value[index].isDigit { left += 1 }
                index += 1
            }
        }
        return left < rest
    }

    /// Whether a word can begin or end at a place: between letters of one case no word does.
    private static func isEdge(_ text: SecretText, _ index: Int, in range: Range<Int>) -> Bool {
        guard index > range.lowerBound, index < range.upperBound else { return true }
        let (before, behind) = (text[index - 1], text[index])
        guard before.folded.isSmall, behind.folded.isSmall else { return true }
        return before.isSmall && behind.isCapital
    }

    /// Whether a value is to be replaced by something, or is an expression and no value.
    static func isTemplate(_ text: SecretText, _ range: Range<Int>) -> Bool {
        let first = text[range.lowerBound]
        if "$<%{@*&/~.#!\\".utf8.contains(first) { return true }
        if beginnings.contains(where: { text.hasFolded($0, at: range.lowerBound) }) { return true }
        return range.prefix(256).contains { index in
            ["${", "{{", "<%", "$(", "%(", "***", "..."].contains { text.has($0, at: index) }
        }
    }

    /// 8, 4, 4, 4 and 12 hexadecimal digits.
    static func isUUID(_ text: SecretText, _ range: Range<Int>) -> Bool {
        guard range.count == 36 else { return false }
        return range.allSatisfy { index in
            [8, 13, 18, 23].contains(index - range.lowerBound)
                ? text[index] == UInt8(ascii: "-") : text.isIn(.hexadecimal, index)
        }
    }

    /// The letter that a digit or a sign stands for in `p4$$w0rd`.
    private static func plain(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "0"): UInt8(ascii: "o")
        case UInt8(ascii: "1"), UInt8(ascii: "!"): UInt8(ascii: "i")
        case UInt8(ascii: "3"): UInt8(ascii: "e")
        case UInt8(ascii: "4"), UInt8(ascii: "@"): UInt8(ascii: "a")
        case UInt8(ascii: "5"), UInt8(ascii: "$"): UInt8(ascii: "s")
        case UInt8(ascii: "7"): UInt8(ascii: "t")
        default: byte.folded
        }
    }

    /// Longer ones are in no other word by chance.
    private static let longestShort = 3

    private static func wordLength(_ text: ArraySlice<UInt8>) -> Int {
        guard let first = text.first, let candidates = words[first] else { return 0 }
        return candidates.first { text.starts(with: $0) }?.count ?? 0
    }

    private static let marks: [StaticString] = [
        "example", "xxxx", "your", "placeholder", "dummy", "redacted", "sample", "123456", "abcdef", "changeme",
        "0000000", "deadbeef", "insert", "replace", "notreal", "fake", "aaaaaa", "______", "------",
    ]
    private static let beginnings: [StaticString] = [
        "env:", "env.", "process.env", "os.environ", "os.getenv", "getenv", "vault:", "arn:", "op://", "ref+", "file:",
        "http://", "https://", "keyring:", "secret:", "data:", "var.", "config.", "settings.", "secrets.", "self.",
        "this.", "sha256:", "sha512-", "sha256-", "ssh-", "bearer ", "basic ",
    ]

    /// In the spelling of `plain`, by their first letter, the longer ones first.
    private static let words: [UInt8: [[UInt8]]] = {
        let all = """
            password passwd passphrase passwort pass pwd secret token apikey api key test testing tests example sample
            demo dummy fake mock stub placeholder change changeme replace insert enter put your my the our user username
            admin administrator root guest default secure strong super foo bar baz qux hello world welcome qwerty asdf
            letmein abc xyz def ghi correct horse battery staple hunter temp tmp dev development local localhost prod
            production staging redacted hidden none null undefined value string here some random long very goes old new
            wrong invalid bad good valid base64 encoded hashed hash plain text credentials credential login auth
            authentication client access private public service account postgres postgresql mysql redis mongo mongodb db
            database mariadb rabbit rabbitmq minio elastic grafana jenkins jwt bearer oauth session cookie signing
            encryption encrypt decrypt master not a real this is to be in at least bits bit char chars characters super
            safe please set me with from for and or use only never commit aurelis openai azure github google aws stripe
            anthropic id app web server read write spec unit integration config env variable name todo fixme please
            open sesame python swift node java ruby go rust site company corp acme org com varchar nvarchar
            """
        let numbers = [
            "123", "1234", "12345", "123456", "1234567", "12345678", "123456789", "1234567890", "000", "111",
            "456", "789", "321", "2020", "2021", "2022", "2023", "2024", "2025", "2026",
        ]
        let spelled = all.split(whereSeparator: \.isWhitespace).map(String.init) + numbers
        let words = Set(spelled.map { $0.utf8.map(plain) }).filter { $0.count >= 2 }
        return Dictionary(grouping: words) { $0[0] }.mapValues { $0.sorted { $0.count > $1.count } }
    }()
}
