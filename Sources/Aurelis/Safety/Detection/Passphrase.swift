/// Tells passphrases of several words from what people write about passwords.
///
///     Passphrase.isOne(text, range)      // "orbit velvet hamster quartz", not "must have eight characters"
enum Passphrase {
    private static let words = 4...12
    private static let letters = 3...10

    /// Whether a value is four words or more in small letters, one space between them, none of which is of the language in
    /// which passwords are talked about.
    static func isOne(_ text: SecretText, _ range: Range<Int>) -> Bool {
        var (count, start) = (0, range.lowerBound)
        for index in range.lowerBound...range.upperBound {
            if index < range.upperBound {
                guard text[index] == 0x20 else {
                    guard text[index].isSmall else { return false }
                    continue
                }
            }
            let word = start..<index
            guard letters.contains(word.count), !isProse(text, word) else { return false }
            count += 1
            start = index + 1
        }
        return words.contains(count) && !Placeholder.isMadeOfWords(text, range, rest: 10)
    }

    private static func isProse(_ text: SecretText, _ word: Range<Int>) -> Bool {
        prose.contains(Array(UnsafeBufferPointer(start: text.base + word.lowerBound, count: word.count)))
    }

    private static let prose: Set<[UInt8]> = {
        let words = """
            the and are was were has had have not does did must should can could will would may might shall your you our
            their his her its this that these those with without for from but than then when while where what which who
            whom how why all any each every some none both either neither other another please enter type choose pick
            use used uses using new old same again wrong invalid incorrect missing required empty field fields password
            passwords passphrase passphrases passwd pass word words character characters letter letters digit digits
            number numbers symbol symbols special uppercase lowercase length long longer short shorter least most more
            less minimum maximum between weak strong secure safe match matches matching mismatch expired expires expire
            forgot forgotten reset change changed changes confirm confirmed confirmation repeat show shown hide hidden
            login logged sign signed user users username email account accounts policy policies contain contains include
            includes cannot failed fails failure error errors message description string text value values null optional
            default example sample test tests before after already never always only just also been being such too very
            here there into onto over under about above below key keys token tokens secret secrets set sets get gets
            keep store stored storing hash hashed plain file files open close make made see let look need needs want
            allow allowed denied check checked verify verified update updated delete deleted remove removed send sent
            days hours minutes seconds times attempt attempts try tries retry two three four five six seven eight nine
            ten first last next previous one zero admin root database server client request response access login
            """
        return Set(words.split(whereSeparator: \.isWhitespace).map { Array($0.utf8) })
    }()
}
