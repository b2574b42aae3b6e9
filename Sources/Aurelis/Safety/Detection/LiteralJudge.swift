/// Decides whether the value of a name is a secret.
struct LiteralJudge {
    private let text: SecretText
    private let range: Range<Int>
    private let isQuoted: Bool

    private static let shortestPassword = 8
    private static let shortestKey = 16

    init(_ text: SecretText, _ range: Range<Int>, isQuoted: Bool) {
        self.text = text
        self.range = range
        self.isQuoted = isQuoted
    }

    func isSecret(behind meaning: SecretName.Meaning) -> Bool {
        let isPassword = meaning == .password
        guard range.count >= (isPassword ? LiteralJudge.shortestPassword : LiteralJudge.shortestKey) else {
            return false
        }
        let randomness = Randomness(text, range)
        let isMixed =
            isPassword && randomness.kinds >= 3 && randomness.distinct >= 6 && !randomness.isRow
            && isWritten(randomness)
        guard isMixed || randomness.isLiteral, !Placeholder.isTemplate(text, range), !Placeholder.isUUID(text, range)
        else { return false }
        if Placeholder.isMarked(text, range) { return false }
        return !Placeholder.isMadeOfWords(text, range, rest: isPassword ? 4 : 10)
    }

    /// What the value is, beyond being a secret.
    func kind(behind name: SecretName) -> SecretKind {
        let count = range.count
        if isAzureClientSecret { return .azureClientSecret }
        if text.hasFolded("accountkey", at: name.range.upperBound - 10)
            || text.hasFolded("sharedaccesskey", at: name.range.upperBound - 15)
        {
            return count == 88 || count == 44 ? .azureAccessKey : .literal
        }
        let isBase64 = count == 40 && range.allSatisfy { text.isIn(.base64, $0) }
        guard isBase64, name.meaning == .key else { return .literal }
        let isOfAWS =
            text.hasFolded("secret_access_key", at: name.range.upperBound - 17)
            || text.hasFolded("secretaccesskey", at: name.range.upperBound - 15)
            || text.hasFolded("aws_secret_key", at: name.range.upperBound - 14)
            || text.hasFolded("secretkey", at: name.range.upperBound - 9)
        return isOfAWS ? .awsSecretKey : .literal
    }

    /// Whether it can be a value and is no name or expression: without quotes those are other variables.
    private func isWritten(_ randomness: Randomness) -> Bool {
        if isQuoted { return true }
        guard randomness.digits > 0 else { return false }
        let isName = range.allSatisfy { text.isIn(.alphanumeric, $0) || "_.-".utf8.contains(text[$0]) }
        return isName ? isWordWithNumber : !isExpression
    }

    /// Whether it is a word with a capital and a number of two digits or more, as in `Sommer2024` and `Sommer-24`: people call
    /// passwords so, and variables seldom.
    private var isWordWithNumber: Bool {
        guard text[range.lowerBound].isCapital else { return false }
        var index = range.lowerBound + 1
        while index < range.upperBound, text[index].isSmall { index += 1 }
        guard index - range.lowerBound >= 4, index < range.upperBound else { return false }
        if !text.isIn(.alphanumeric, index) { index += 1 }
        return range.upperBound - index >= 2 && (index..<range.upperBound).allSatisfy { text[$0].isDigit }
    }

    /// Whether it reads as code: `user.name`, `Type::member`, `user->name`, `folder/file`, `prefix$NAME`.
    private var isExpression: Bool {
        range.dropFirst().contains { index in
            switch text[index] {
            case UInt8(ascii: "."), UInt8(ascii: "/"): isLetter(index + 1) && !isSign(index - 1)
            case UInt8(ascii: ":"): text[index - 1] == UInt8(ascii: ":")
            case UInt8(ascii: ">"): text[index - 1] == UInt8(ascii: "-")
            case UInt8(ascii: "$"): isReference(from: index + 1)
            default: false
            }
        }
    }

    /// Whether a name without digits, of three letters or more, ends the value or stands before another sign.
    private func isReference(from start: Int) -> Bool {
        var end = start
        while isLetter(end) { end += 1 }
        return end - start >= 3 && (end == range.upperBound || !text[end].isDigit)
    }

    private func isLetter(_ index: Int) -> Bool {
        index < range.upperBound && (text[index].folded.isSmall || text[index] == UInt8(ascii: "_"))
    }

    private func isSign(_ index: Int) -> Bool {
        !text.isIn(.alphanumeric, index) && !"!?_".utf8.contains(text[index])
    }

    private var isAzureClientSecret: Bool {
        (37...40).contains(range.count) && text[range.lowerBound + 3].isDigit
            && text.has("Q~", at: range.lowerBound + 4)
    }
}
