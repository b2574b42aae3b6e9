/// The runs of a secret in one spelling, and one walk over a text for any of them: forwards and backwards, with whatever stands
/// between the characters passed over.
///
///     SecretRuns(secret, EncodedBits.base32).occur(in: text)
///
/// A run is so long that a match is no coincidence. Each character of the text costs a few steps, whatever the secret is.
struct SecretRuns<Spelling: SecretSpelling> {
    private let secret: UnsafeRawBufferPointer
    private let spelling: Spelling
    private var index: RunIndex

    init(_ secret: UnsafeRawBufferPointer, _ spelling: Spelling) {
        self.secret = secret
        self.spelling = spelling
        let starts = spelling.starts(in: secret)
        index = RunIndex(for: starts.underestimatedCount)
        for start in starts where spelling.isTelling(secret, start) {
            index.insert(spelling.run(secret, start), at: start) { spelling.run(secret, $0) }
        }
    }

    func occur(in text: [UInt8]) -> Bool {
        let (bits, length) = (spelling.bits, spelling.length)
        guard length > 0 else { return false }
        let mask = UInt128.max >> UInt128(UInt128.bitWidth - length)
        var (forwards, backwards) = (UInt128(0), UInt128(0))
        var read = 0
        for byte in text {
            let value = spelling.values[Int(byte)]
            guard value != SpellingTable.separator else { continue }
            guard value != SpellingTable.stranger else {
                read = 0
                continue
            }
            forwards = (forwards << UInt128(bits) | UInt128(value)) & mask
            backwards = backwards >> UInt128(bits) | UInt128(value) << UInt128(length - bits)
            read += bits
            guard read >= length else { continue }
            if isOne(forwards) || isOne(backwards) { return true }
        }
        return false
    }

    private func isOne(_ run: UInt128) -> Bool { index.contains(run) { spelling.run(secret, $0) } }
}
