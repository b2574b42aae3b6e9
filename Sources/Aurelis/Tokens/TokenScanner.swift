/// Weighs a text scalar by scalar: runs of letters, digits, punctuation and line ends weigh as a whole.
struct TokenScanner {
    private enum Run {
        case none, letters, digits, punctuation, lineEnds
    }

    private var estimate = TokenEstimate()
    private var run = Run.none
    private var length = 0
    /// How many of the run are the same as the one before: vocabularies have whole lines of dashes.
    private var repeats = 0
    private var last: UInt32 = 0
    private var endsInSmallLetter = false

    /// What was weighed.
    var finished: TokenEstimate {
        var last = self
        last.end()
        return last.estimate
    }

    mutating func add(_ scalar: UInt32) {
        guard scalar < 0x80 else {
            end()
            return estimate.add(.character(scalar))
        }
        let byte = UInt8(truncatingIfNeeded: scalar)
        if run != .none, scalar == last { repeats += 1 }
        last = scalar
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"):
            extend(.letters)
            endsInSmallLetter = true
        case UInt8(ascii: "A")...UInt8(ascii: "Z"):
            if run == .letters, endsInSmallLetter {
                end()
                estimate.add(.capital)
            }
            extend(.letters)
            endsInSmallLetter = false
        case UInt8(ascii: "0")...UInt8(ascii: "9"): extend(.digits)
        // A space belongs to the word after it, a run of them is one token.
        case UInt8(ascii: " "), UInt8(ascii: "\t"): end()
        case UInt8(ascii: "\n"), UInt8(ascii: "\r"): extend(.lineEnds)
        default: extend(.punctuation)
        }
    }

    private mutating func extend(_ next: Run) {
        if run != next { end() }
        run = next
        length += 1
    }

    private mutating func end() {
        switch run {
        case .none: return
        case .letters: estimate.add(.word(length, repeats: repeats))
        case .digits: estimate.add(.digits, (length + 2) / 3)
        case .punctuation:
            estimate.add(.firstPunctuation)
            estimate.add(.nextPunctuation, length - 1 - repeats)
            estimate.add(.repeatedPunctuation, repeats)
        case .lineEnds: estimate.add(.lineEnds)
        }
        run = .none
        length = 0
        repeats = 0
    }
}
