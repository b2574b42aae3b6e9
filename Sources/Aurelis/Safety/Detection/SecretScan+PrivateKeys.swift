/// Private keys in PEM.
extension SecretScan {
    /// An RSA key of 16,384 bits takes 13 KB.
    private static let longestKey = 16 * 1_024
    private static let shortestBody = 64

    /// Looks at what may be the header of a key.
    mutating func lookAtPrivateKey(_ index: Int) {
        guard index >= pemEnd, text.has("-----BEGIN ", at: index) else { return }
        var end = index + 11
        let headerLimit = min(text.count, end + 48)
        while end < headerLimit, text[end].isCapital || text[end] == 0x20 { end += 1 }
        work += end - index
        guard text.has("-----", at: end) else { return }
        let isKey = text.has("PRIVATE KEY", at: end - 11) || text.has("PRIVATE KEY BLOCK", at: end - 17)
        guard isKey else { return }
        end += 5
        let body = endOfBody(end)
        work += body.end - end
        pemEnd = body.end
        guard body.letters >= SecretScan.shortestBody, Randomness(text, body.sample).isToken else { return }
        // What lies in the key is part of it.
        runEnd = max(runEnd, body.end)
        add(SecretMatch(index, body.end, isOfServiceAccount(index) ? .googleServiceAccount : .privateKey, certainty: 4))
    }

    /// Where a body of base64, its line ends (escaped or not) and its fields end, and its closing line with it.
    private func endOfBody(_ start: Int) -> (end: Int, letters: Int, sample: Range<Int>) {
        let stop = min(text.count, start + SecretScan.longestKey)
        var index = start
        var letters = 0
        var line = start
        var sample = start..<start
        while index < stop {
            let byte = text[index]
            if text.isIn(.base64, index) {
                letters += 1
            } else {
                if index - line > sample.count { sample = line..<index }
                if byte == UInt8(ascii: "-"), text.has("-----END ", at: index) {
                    return (endOfFooter(index + 9), letters, sample)
                }
                guard byte <= 0x20 || "\\=:,-\"'+".utf8.contains(byte) else { break }
                // `\n` as two characters: its letter is none of the key's.
                if byte == UInt8(ascii: "\\") { index += 1 }
                line = index + 1
            }
            index += 1
        }
        if index - line > sample.count { sample = line..<min(index, text.count) }
        return (min(index, text.count), letters, sample)
    }

    /// The end of `RSA PRIVATE KEY-----`.
    private func endOfFooter(_ index: Int) -> Int {
        var index = index
        let stop = min(text.count, index + 40)
        while index < stop, text[index].isCapital || text[index] == 0x20 { index += 1 }
        return text.has("-----", at: index) ? index + 5 : index
    }

    private func isOfServiceAccount(_ index: Int) -> Bool {
        (12...20).contains { text.has("private_key", at: index - $0) && text[index - $0 + 11] != UInt8(ascii: "_") }
    }
}
