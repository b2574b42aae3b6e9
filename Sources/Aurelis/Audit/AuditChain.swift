/// Where a chain of lines stands: enough to write the next line, or to check it.
///
///     var page = AuditPage(chain)
///     page.add(body, key)        // one line more
///     write(page.bytes)
package struct AuditChain: Sendable, Hashable {
    /// The number of the last line; 0: there is none yet.
    package var sequence: Int
    /// The code of the last line.
    package var code: [UInt8]

    /// The beginning of all chains.
    package static let beginning = AuditChain(sequence: 0, code: [UInt8](repeating: 0, count: 32))

    /// The numbers that lines have; whoever can write to a file can claim any other.
    package static let numbers = 1...(1 << 53)

    /// A place in a chain.
    package init(sequence: Int, code: [UInt8]) {
        self.sequence = sequence
        self.code = code
    }
}

/// Lines that are written together.
package struct AuditPage: Sendable {
    /// The lines, each with its end.
    package private(set) var bytes: [UInt8] = []
    /// Where each line ends.
    package private(set) var ends: [Int] = []
    /// Where the chain stands behind them.
    package private(set) var chain: AuditChain

    /// Short texts that came before, as they are written: the same few models are named again and again.
    private var cleaned: [String: String] = [:]
    private static let maximumCleaned = 256
    private static let longestRemembered = 128

    /// For all lines of the page: a page does not live long.
    private var sealer: (key: String, sealer: AuditSealer)?

    /// A page that goes on with a chain.
    package init(after chain: AuditChain) { self.chain = chain }

    /// A text without secrets, and of a length that a log can bear.
    mutating func clean(_ text: String, _ rules: AuditRules) -> String {
        guard text.utf8.count <= Self.longestRemembered else { return rules.text(text) }
        // Byte for byte: texts that differ only in how their characters are composed are equal to a dictionary.
        if let known = cleaned.index(forKey: text), cleaned[known].key.utf8.elementsEqual(text.utf8) {
            return cleaned[known].value
        }
        let clean = rules.text(text)
        if cleaned.count < Self.maximumCleaned { cleaned[text] = clean }
        return clean
    }

    /// Seals a line and adds it.
    ///
    /// - Parameter body: a JSON object whose `seq` is the chain's next.
    package mutating func add(_ body: [UInt8], _ key: AuditKey) {
        let signed = body.dropLast()
        let sealer = sealer.flatMap { $0.key == key.id ? $0.sealer : nil } ?? key.sealer
        self.sealer = (key.id, sealer)
        let code = sealer.code(after: chain.code, of: signed)
        bytes += signed
        bytes += AuditLine.mark
        Hexadecimal.append(code, to: &bytes)
        bytes += AuditLine.end
        bytes.append(AuditLine.newline)
        ends.append(bytes.count)
        chain = AuditChain(sequence: chain.sequence + 1, code: code)
    }
}
