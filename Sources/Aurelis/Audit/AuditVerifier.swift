internal import AurelisJSON

/// Checks a chain line by line: a state without I/O, the same for ten lines and for ten million.
///
///     var verifier = AuditVerifier(keys: keys, anchors: anchors)
///     try verifier.begin(file: 1)
///     for line in lines { try verifier.take(line) }
///     try verifier.end(rest: 0)
///     try verifier.finish()
///     print(verifier.entries, verifier.lastAnchor)
///
/// Everything throws the first break; a verifier that has thrown is of no more use.
package struct AuditVerifier: Sendable {
    private let keys: AuditKeyRing
    private let anchors: [Int: AuditAnchor]
    private let lastAnchored: AuditAnchor?

    /// Where the chain stands; nil before the first line.
    private var chain: AuditChain?
    private var file: Int?
    private var line = 0
    private var key: AuditKey?
    /// The head of the first file that is there.
    private var first: AuditHead?
    /// What the log itself says of the files that were removed: just those before the first, and up to which in all.
    private var removed: (sequence: Int, code: [UInt8])?
    private var removedThrough = 0

    /// How many lines were found whole.
    package private(set) var entries = 0
    /// How many files were found whole.
    package private(set) var files = 0
    /// The last anchor that was met.
    package private(set) var lastAnchor: AuditAnchor?
    /// How many anchors were met.
    package private(set) var metAnchors = 0
    /// How many entries the log itself says were lost.
    package private(set) var lost = 0

    /// A verifier that has seen nothing yet.
    ///
    /// - Throws: anchors that contradict each other.
    package init(keys: AuditKeyRing, anchors: [AuditAnchor]) throws(AuditBreak) {
        self.keys = keys
        var known: [Int: AuditAnchor] = [:]
        for anchor in anchors {
            if let other = known[anchor.sequence], other.code != anchor.code {
                throw AuditBreak(
                    .anchor,
                    "two anchors, of \(other.time) and \(anchor.time), know different entries \(anchor.sequence): "
                        + "the log was rewritten between them, or begun anew"
                )
            }
            known[anchor.sequence] = anchor
        }
        self.anchors = known
        lastAnchored = anchors.max { $0.sequence < $1.sequence }
    }

    /// The number of the last line; 0: there was none.
    package var lastSequence: Int { chain?.sequence ?? 0 }
    /// The number of the first line.
    package var firstSequence: Int { first?.sequence ?? 0 }

    /// The next file.
    package mutating func begin(file number: Int) throws(AuditBreak) {
        if let file, number != file + 1 {
            let missing = number == file + 2 ? "\(file + 1) is" : "\(file + 1) to \(number - 1) are"
            throw AuditBreak(.files, file: AuditFileName.name(number), "file \(missing) missing before it")
        }
        file = number
        line = 0
        key = nil
    }

    /// The next line of the file, without its end.
    package mutating func take(_ bytes: ArraySlice<UInt8>) throws(AuditBreak) {
        line += 1
        guard let sealed = AuditLine(bytes) else {
            throw broken(.changed, "is no line of an audit log: it was changed or put in")
        }
        guard let key else { return try takeHead(sealed) }
        guard let chain else { return }
        guard sealed.follows(chain.code, key) else { throw wrongSeal(sealed, after: chain) }
        try accept(sealed, after: chain)
    }

    /// The end of the file.
    ///
    /// - Parameter rest: how many bytes stand behind the last end of a line.
    package mutating func end(rest: Int) throws(AuditBreak) {
        guard rest == 0 else {
            line += 1
            throw broken(
                .incomplete,
                "has no end: the process died while it wrote (its next start sets the line apart), or the file was cut"
            )
        }
        guard line > 0 else { throw AuditBreak(.head, file: file.map(AuditFileName.name), "is empty") }
        files += 1
    }

    /// The end of the last file.
    package mutating func finish() throws(AuditBreak) {
        if let lastAnchored, lastAnchored.sequence > lastSequence {
            throw AuditBreak(
                .truncated,
                file: file.map(AuditFileName.name),
                "the log ends with entry \(lastSequence), but the anchor of \(lastAnchored.time) knows entry "
                    + "\(lastAnchored.sequence) in file \(lastAnchored.file): the end was cut off"
            )
        }
        guard let first, first.file > 1 else { return }
        let isMeant = removed.map { $0.code == first.previous && $0.sequence == first.sequence - 1 }
        // A process that dies while it removes files leaves some that were to go.
        guard isMeant ?? (removedThrough >= first.file) else {
            throw AuditBreak(
                .files,
                file: AuditFileName.name(first.file),
                "the files before it are missing, and no entry says that they were removed"
            )
        }
    }
}

extension AuditVerifier {
    private mutating func takeHead(_ sealed: AuditLine) throws(AuditBreak) {
        guard let head = sealed.document.flatMap(AuditHead.init(reading:)) else {
            throw broken(.head, "is no beginning of a file of an audit log of version \(AuditHead.version)")
        }
        guard let key = keys[head.key] else {
            throw broken(.key, "the file was written with key \(head.key), which is not known here")
        }
        let previous = chain ?? AuditChain(sequence: head.sequence - 1, code: head.previous)
        guard head.previous == previous.code else {
            throw broken(
                .missing,
                "does not follow the end of the file before it: lines are missing there, or other ones"
            )
        }
        guard sealed.follows(previous.code, key) else { throw wrongSeal(sealed, after: previous) }
        guard head.file == file else { throw broken(.misplaced, "this is file \(head.file), under another name") }
        if chain == nil {
            guard head.file > 1 || previous == .beginning else {
                throw broken(.missing, "is the first file, but begins with entry \(head.sequence)")
            }
            first = head
        }
        self.key = key
        try accept(sealed, after: previous)
    }

    private mutating func accept(_ sealed: AuditLine, after previous: AuditChain) throws(AuditBreak) {
        guard let document = sealed.document, document["seq"]?.int == previous.sequence + 1 else {
            throw broken(.misplaced, "is not entry \(previous.sequence + 1), although its seal is right")
        }
        let sequence = previous.sequence + 1
        if let anchor = anchors[sequence] {
            guard anchor.code == sealed.code, anchor.file == file else {
                throw broken(
                    .anchor,
                    "entry \(sequence) is not the one that the anchor of \(anchor.time) knows: the log was rewritten"
                )
            }
            lastAnchor = anchor
            metAnchors += 1
        }
        chain = AuditChain(sequence: sequence, code: sealed.code)
        entries += 1
        if document["event"]?.stringEquals(AuditNotice.event) == true { note(document) }
    }

    private mutating func note(_ notice: JSONDocument) {
        switch notice["action"]?.string {
        case "gap":
            let (sum, overflows) = lost.addingReportingOverflow(max(0, notice["lost"]?.int ?? 0))
            lost = overflows ? .max : sum
        case "retention":
            guard let through = notice["through_file"]?.int, let sequence = notice["through_seq"]?.int,
                let code = notice["through_mac"]?.string.flatMap(Hexadecimal.decode)
            else { return }
            removedThrough = max(removedThrough, through)
            if let first, through == first.file - 1 { removed = (sequence, code) }
        default: break
        }
    }

    /// Says what most likely happened to a line whose seal is wrong.
    private func wrongSeal(_ sealed: AuditLine, after previous: AuditChain) -> AuditBreak {
        let expected = previous.sequence + 1
        guard let number = sealed.document?["seq"]?.int else {
            return broken(.changed, "was changed: nothing can be read of it")
        }
        if number > expected {
            let count = number - expected
            let missing = count == 1 ? "entry \(expected) is" : "entries \(expected) to \(number - 1) are"
            return broken(.missing, "is entry \(number), but \(missing) missing before it")
        }
        if number < expected {
            return broken(.misplaced, "is entry \(number), where entry \(expected) belongs: put in, repeated or moved")
        }
        return broken(.changed, "entry \(number) was changed, or lines were exchanged: its seal is wrong")
    }

    private func broken(_ kind: AuditBreak.Kind, _ message: String) -> AuditBreak {
        AuditBreak(kind, file: file.map(AuditFileName.name), line: line, message)
    }
}
