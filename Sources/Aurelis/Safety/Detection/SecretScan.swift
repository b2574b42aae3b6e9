/// One pass over a text for the credentials in it.
///
/// Sixteen bytes at a time it looks for what few texts have: a colon or an equals sign, which may stand between a name
/// and a secret; the dashes of a PEM header; and sixteen token characters in a row at a place that is a multiple of four,
/// which every run of nineteen has. Only there it looks closer. Every closer look is bounded, and what has been looked at
/// as a whole is not looked at again, so that the work is linear whatever the text.
struct SecretScan {
    let text: SecretText
    private(set) var found: [SecretMatch] = []
    /// How many bytes closer looks have read, for the test that this is linear.
    var work = 0
    /// Up to where runs of token characters have been looked at.
    var runEnd = 0
    /// Up to where the body of a rule has been looked at in vain.
    var triedEnd = 0
    /// Up to where a PEM body has been read.
    var pemEnd = 0
    /// The command whose arguments are looked at.
    var command = CommandLine()
    let prefixes = PrefixFilter()

    init(_ base: UnsafePointer<UInt8>, count: Int) { text = SecretText(base, count: count) }

    mutating func add(_ match: SecretMatch) { found.append(match) }

    mutating func run() {
        var index = 0
        var runs = RunMeter()
        while index &+ 24 <= text.count {
            let block = SecretBlock(text, index)
            if block.marks != 0 {
                var marks = block.marks
                repeat {
                    look(at: index &+ marks.trailingZeroBitCount &>> 2)
                    marks &= marks &- 1
                } while marks != 0
            }
            // Of the groups that make it long, those that lie here begin with the block.
            if runs.isLong(after: block.tokens) { lookAtRun(around: index) }
            index &+= 16
        }
        runTail(from: index)
    }

    /// The rest, which is too short for a block: what ends in it began at most 24 bytes before the end.
    private mutating func runTail(from start: Int) {
        for index in start..<max(start, text.count) {
            switch text[index] {
            case UInt8(ascii: ":"), UInt8(ascii: "="): look(at: index)
            case UInt8(ascii: "-") where text.has("-----BEGIN", at: index): lookAtPrivateKey(index)
            case UInt8(ascii: "-") where text.has("-p", at: index): lookAtPasswordArgument(index)
            case UInt8(ascii: "<") where text.has("</", at: index): lookAtClosingTag(index)
            default: if index >= runEnd, text.isIn(.token, index) { lookAtRun(around: index) }
            }
        }
    }

    // Apart, so that the loop keeps its values in registers.
    @inline(never)
    private mutating func look(at index: Int) {
        switch text[index] {
        case UInt8(ascii: "-"):
            // Of `-----BEGIN` the last dash is met.
            if text[index &+ 1] == UInt8(ascii: "p") {
                lookAtPasswordArgument(index)
            } else if index >= 4 {
                lookAtPrivateKey(index &- 4)
            }
        case UInt8(ascii: "<"): lookAtClosingTag(index)
        case UInt8(ascii: "="): lookAtAssignment(index)
        default:
            if index &+ 2 < text.count, text[index &+ 1] == UInt8(ascii: "/"), text[index &+ 2] == UInt8(ascii: "/") {
                lookAtAddress(index)
            } else {
                lookAtColon(index)
            }
        }
    }
}

/// A credential in a text that was scanned.
struct SecretMatch {
    var range: Range<Int>
    let kind: SecretKind
    /// Of two that overlap the higher counts: a shape that only one vendor's tokens have says more than a name.
    let certainty: Int
    /// What it says; filled in once it is settled.
    var value: [UInt8] = []

    init(_ start: Int, _ end: Int, _ kind: SecretKind, certainty: Int) {
        range = start..<end
        self.kind = kind
        self.certainty = certainty
    }
}
