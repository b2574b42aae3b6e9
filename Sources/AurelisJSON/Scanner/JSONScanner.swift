/// Checks a whole text against RFC 8259 in one pass and records where the top-level object's members lie.
///
/// One loop, no recursion: `value` begins a value, the inner loop decides what follows one.
struct JSONScanner {
    private let text: Bytes
    private let maximumDepth: Int
    private let allowsLoneSurrogates: Bool
    private var members: MemberRecorder

    init(_ text: Bytes, limits: JSONLimits, recordingInto stack: UnsafeMutableBufferPointer<MemberRecord>) {
        self.text = text
        maximumDepth = limits.maximumDepth
        allowsLoneSurrogates = limits.allowsLoneSurrogates
        members = MemberRecorder(stack)
    }

    /// The members of the top-level object; empty when the root is something else.
    mutating func recordedMembers() -> ContiguousArray<MemberRecord> { members.finish() }

    /// Scans the value that begins at `start`; returns the index after it, or a failure.
    mutating func scan(from start: Int) -> Int {
        let text = text
        let rootIsObject = start < text.count && text[start] == Ascii.openBrace
        var containers = ContainerStack()
        var member = Member()
        var index = start

        value: while true {
            guard index < text.count else { return ScanFailure.expectedValue.encoded(at: index) }
            let byte = text[index]
            var opensObject = false
            if byte == Ascii.quote {
                index = text.validatingString(index + 1, allowsLoneSurrogates: allowsLoneSurrogates)
            } else if byte == Ascii.openBrace || byte == Ascii.openBracket {
                guard containers.depth < maximumDepth else { return ScanFailure.depthExceeded.encoded(at: index) }
                index = text.skippingWhitespace(index + 1)
                // In ASCII a closing byte is the opening one plus two.
                if index < text.count, text[index] == byte + 2 {
                    index += 1
                } else {
                    opensObject = byte == Ascii.openBrace
                    containers.push(object: opensObject)
                    if !opensObject { continue value }
                }
            } else if Ascii.isDigit(byte) || byte == Ascii.minus {
                index = text.validatingNumber(index)
            } else {
                index = text.validatingLiteral(index)
            }
            if index < 0 { return index }

            // Behind a value: close what ends here, up to a comma.
            while !opensObject {
                if containers.depth <= 1 {
                    if containers.depth == 0 { return index }
                    if rootIsObject { members.append(member.record(endingAt: index)) }
                }
                index = text.skippingWhitespace(index)
                let next = index < text.count ? text[index] : 0
                if next == Ascii.comma {
                    index = text.skippingWhitespace(index + 1)
                    if containers.isInObject { break }
                    continue value
                }
                guard next == (containers.isInObject ? Ascii.closeBrace : Ascii.closeBracket) else {
                    let failure = containers.isInObject ? ScanFailure.expectedCommaOrBrace : .expectedCommaOrBracket
                    return failure.encoded(at: index)
                }
                containers.pop()
                index += 1
            }

            guard index < text.count, text[index] == Ascii.quote else {
                let failure = opensObject ? ScanFailure.expectedNameOrBrace : .expectedName
                return failure.encoded(at: index)
            }
            let scanned = scanName(index + 1)
            if scanned.valueStart < 0 { return scanned.valueStart }
            index = scanned.valueStart
            if containers.depth == 1 { member = scanned }
        }
    }

    /// A member whose value has not been scanned yet.
    private struct Member {
        var nameStart = 0
        var nameEnd = 0
        var mayHaveEscapes = false
        /// Or a failure.
        var valueStart = 0

        @inline(__always)
        func record(endingAt valueEnd: Int) -> MemberRecord {
            MemberRecord(
                name: Range(uncheckedBounds: (nameStart, nameEnd)),
                mayHaveEscapes: mayHaveEscapes,
                value: Range(uncheckedBounds: (valueStart, valueEnd))
            )
        }
    }

    /// Scans a name from the byte after its opening quote, and the colon behind it.
    @inline(__always)
    private func scanName(_ start: Int) -> Member {
        var member = Member(nameStart: start)
        var index = text.endOfPlainText(start)
        if index < text.count, text[index] == Ascii.quote {
            index += 1
        } else {
            member.mayHaveEscapes = true
            index = text.validatingRestOfString(index, allowsLoneSurrogates: allowsLoneSurrogates)
            if index < 0 { return Member(valueStart: index) }
        }
        member.nameEnd = index - 1
        index = text.skippingWhitespace(index)
        guard index < text.count, text[index] == Ascii.colon else {
            return Member(valueStart: ScanFailure.expectedColon.encoded(at: index))
        }
        member.valueStart = text.skippingWhitespace(index + 1)
        return member
    }
}
