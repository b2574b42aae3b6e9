/// A way to write a secret in characters each of which stands for a few bits.
protocol SecretSpelling {
    /// How many bits a character stands for.
    var bits: Int { get }
    /// How many bits make a run: a multiple of `bits`, 128 at most; 0: there are no runs.
    var length: Int { get }
    /// What each byte stands for, or that it is a separator or a stranger.
    var values: [UInt8] { get }

    /// Where in the secret runs may begin.
    func starts(in secret: UnsafeRawBufferPointer) -> StrideThrough<Int>
    /// Whether the run that begins at a place tells something of the secret.
    func isTelling(_ secret: UnsafeRawBufferPointer, _ start: Int) -> Bool
    /// The run that begins at a place.
    func run(_ secret: UnsafeRawBufferPointer, _ start: Int) -> UInt128
}

/// What bytes stand for.
enum SpellingTable {
    /// What may stand between characters: whatever is no letter or digit.
    static let separator: UInt8 = 0xFF
    /// A letter or digit that no character of this spelling is.
    static let stranger: UInt8 = 0xFE

    /// A table of all bytes.
    ///
    /// - Parameter alphabet: the characters that stand for a number, in its order, with those that mean the same.
    static func values(_ alphabet: [String]) -> [UInt8] {
        var values = (UInt8.min...UInt8.max).map { isLetterOrDigit($0) ? stranger : separator }
        for (value, characters) in alphabet.enumerated() {
            for character in characters.utf8 { values[Int(character)] = UInt8(value) }
        }
        return values
    }

    static func isLetterOrDigit(_ byte: UInt8) -> Bool { ASCII.isDigit(byte) || ASCII.isLetter(byte) }
}

/// Encodings of bytes, whatever stood before the secret in what was encoded.
struct EncodedBits: SecretSpelling {
    let bits: Int
    let length: Int
    let values: [UInt8]
    /// In how many steps of bits a character may begin in the secret.
    private let step: Int

    /// Sixteen digits in a row.
    static let hexadecimal = EncodedBits(bits: 4, step: 4, digits.prefix(10) + bothCases.prefix(6))
    /// Ten characters in a row, of either alphabet.
    static let base64 = EncodedBits(
        bits: 6,
        step: 2,
        letters.map { $0.uppercased() } + letters + digits + ["+-", "/_"]
    )
    /// Twelve characters in a row, in capitals or small letters.
    static let base32 = EncodedBits(bits: 5, step: 1, bothCases + digits[2..<8])

    private static let digits = (0...9).map { String($0) }
    private static let letters = "abcdefghijklmnopqrstuvwxyz".map { String($0) }
    private static let bothCases = letters.map { $0 + $0.uppercased() }

    /// - Parameter step: what 8 and `bits` have in common.
    private init(bits: Int, step: Int, _ alphabet: some Collection<String>) {
        self.bits = bits
        self.step = step
        // As many whole characters as eight bytes have for certain.
        length = (64 - (bits - step)) / bits * bits
        values = SpellingTable.values(Array(alphabet))
    }

    func starts(in secret: UnsafeRawBufferPointer) -> StrideThrough<Int> {
        stride(from: 0, through: 8 * secret.count - length, by: step)
    }

    func isTelling(_ secret: UnsafeRawBufferPointer, _ start: Int) -> Bool { true }

    func run(_ secret: UnsafeRawBufferPointer, _ start: Int) -> UInt128 {
        let first = start / 8
        // 64 bits that begin anywhere lie in nine bytes.
        var window: UInt128 = 0
        for place in first..<first + 9 { window = window << 8 | UInt128(place < secret.count ? secret[place] : 0) }
        return (window >> UInt128(72 - start % 8 - length)) & (UInt128.max >> UInt128(UInt128.bitWidth - length))
    }
}

/// The letters and digits of a secret by themselves, in whatever case: what is left of it when something stands in between.
struct LettersAndDigits: SecretSpelling {
    let bits = 8
    let length: Int
    let values = table

    /// How many make a run; a secret that has fewer is a run as a whole.
    private static let longest = 16
    /// What has fewer may be found in prose.
    private static let shortest = 12
    private static let table: [UInt8] = (UInt8.min...UInt8.max).map { byte in
        SpellingTable.isLetterOrDigit(byte) ? ASCII.lowered(byte) : SpellingTable.separator
    }

    init(of secret: UnsafeRawBufferPointer) {
        let count = secret.count(where: SpellingTable.isLetterOrDigit)
        length = count < Self.shortest ? 0 : 8 * min(count, Self.longest)
    }

    func starts(in secret: UnsafeRawBufferPointer) -> StrideThrough<Int> {
        // Those near the end make no whole run, and so none that tells.
        stride(from: 0, through: length == 0 ? -1 : secret.count - length / 8, by: 1)
    }

    /// Letters alone are what people write in the place of a key, and in prose with spaces in between.
    func isTelling(_ secret: UnsafeRawBufferPointer, _ start: Int) -> Bool {
        let characters = secret[start...].lazy.filter(SpellingTable.isLetterOrDigit).prefix(length / 8)
        return SpellingTable.isLetterOrDigit(secret[start]) && characters.count == length / 8
            && characters.contains(where: ASCII.isDigit)
    }

    func run(_ secret: UnsafeRawBufferPointer, _ start: Int) -> UInt128 {
        var (run, left, place) = (UInt128(0), length / 8, start)
        while left > 0, place < secret.count {
            let byte = secret[place]
            place += 1
            guard SpellingTable.isLetterOrDigit(byte) else { continue }
            run = run << 8 | UInt128(ASCII.lowered(byte))
            left -= 1
        }
        return run
    }
}
