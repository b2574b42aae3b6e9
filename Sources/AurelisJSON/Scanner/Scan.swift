/// What one pass over a text found.
struct Scan {
    var start: Int
    var end: Int
    var members: ContiguousArray<MemberRecord>

    /// The longest text whose offsets fit a member record.
    private static let longest = Int(Int32.max)

    /// Validates a whole text.
    static func of(_ buffer: UnsafeBufferPointer<UInt8>, limits: JSONLimits) -> Result<Scan, JSONError> {
        let maximum = min(limits.maximumBytes ?? longest, longest)
        guard buffer.count <= maximum else {
            return .failure(JSONError(.tooLarge, "the text is longer than \(maximum) bytes", at: maximum, in: buffer))
        }
        let text = Bytes(buffer)
        return withUnsafeTemporaryAllocation(of: MemberRecord.self, capacity: MemberRecorder.stackCapacity) { stack in
            run(text, limits: limits, recordingInto: stack)
        }
    }

    private static func run(
        _ text: Bytes,
        limits: JSONLimits,
        recordingInto stack: UnsafeMutableBufferPointer<MemberRecord>
    ) -> Result<Scan, JSONError> {
        let start = text.skippingWhitespace(0)
        var scanner = JSONScanner(text, limits: limits, recordingInto: stack)
        let end = scanner.scan(from: start)
        guard end >= 0 else {
            let (failure, offset) = ScanFailure.decode(end)
            return .failure(explain(failure, at: offset, in: text))
        }
        guard text.skippingWhitespace(end) == text.count else {
            return .failure(explain(.trailingBytes, at: text.skippingWhitespace(end), in: text))
        }
        let members = scanner.recordedMembers()
        if limits.rejectsDuplicateMembers, let index = DuplicateSearch.firstRepetition(in: members, of: text) {
            return .failure(duplicate(members[index], in: text))
        }
        return .success(Scan(start: start, end: end, members: members))
    }

    @inline(never)
    private static func explain(_ failure: ScanFailure, at offset: Int, in text: Bytes) -> JSONError {
        let isByteOrderMark = offset == 0 && text.count >= 3 && text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF
        return (isByteOrderMark ? .byteOrderMark : failure).error(at: offset, in: text.buffer)
    }

    @inline(never)
    private static func duplicate(_ member: MemberRecord, in text: Bytes) -> JSONError {
        // As written, so that whatever the name holds stays on one line.
        let name = String(decoding: text.buffer[member.name].prefix(64), as: UTF8.self)
        let offset = member.name.lowerBound - 1
        return JSONError(.duplicateMember, "the member \"\(name)\" occurs a second time", at: offset, in: text.buffer)
    }
}
