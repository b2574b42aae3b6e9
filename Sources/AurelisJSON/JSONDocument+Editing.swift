extension JSONDocument {
    /// Replaces a top-level member's value where it stands, or appends the member after the last one.
    ///
    /// All other bytes stay as they are. Of several members with this name one is left.
    ///
    /// - Returns: false when the root is no object; then nothing is changed.
    @discardableResult
    public mutating func set(_ member: String, to value: JSONFragment) -> Bool {
        guard root.kind == .object else { return false }
        var member = member
        guard let index = member.withUTF8({ lastIndex(of: $0) }) else {
            append(member, value)
            return true
        }
        let old = members[index].value
        splice(old, value.bytes)
        members[index].valueEnd = UInt32(old.lowerBound + value.bytes.count)
        for later in members.indices[(index + 1)...] {
            members[later] = members[later].moved(by: value.bytes.count - old.count)
        }
        if index > 0 { _ = member.withUTF8 { removeMembers(named: $0, before: index) } }
        return true
    }

    /// Removes a top-level member with exactly one comma; all other members stay byte for byte.
    ///
    /// Of several members with this name none is left.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    public mutating func remove(_ member: String) -> Bool {
        var member = member
        return member.withUTF8 { removeMembers(named: $0, before: members.count) }
    }

    /// Removes all members of a name, each with one comma, in one pass; returns whether there were any.
    private mutating func removeMembers(named name: UnsafeBufferPointer<UInt8>, before limit: Int) -> Bool {
        let isNamed = { (record: MemberRecord, text: UnsafeBufferPointer<UInt8>) in
            record.isNamed(name, in: Bytes(text))
        }
        let found = bytes.withUnsafeBufferPointer { text in members[..<limit].contains { isNamed($0, text) } }
        guard found else { return false }
        let kept = bytes.withUnsafeBufferPointer { text in
            members.indices.filter { $0 >= limit || !isNamed(members[$0], text) }
        }
        let start = members[0].name.lowerBound - 1
        let end = members[members.count - 1].value.upperBound
        var text: [UInt8] = []
        text.reserveCapacity(end - start)
        var records: ContiguousArray<MemberRecord> = []
        for (place, index) in kept.enumerated() {
            let record = members[index]
            let from = record.name.lowerBound - 1
            // Up to the next member, so that the comma and the white space behind it stay; the last one has none.
            let to = place + 1 < kept.count ? members[index + 1].name.lowerBound - 1 : record.value.upperBound
            records.append(record.moved(by: start + text.count - from))
            text.append(contentsOf: bytes[from..<to])
        }
        splice(start..<end, text)
        members = records
        return true
    }

    private mutating func append(_ member: String, _ value: JSONFragment) {
        var text: [UInt8] = []
        text.reserveCapacity(member.utf8.count + value.bytes.count + 8)
        // Behind the last value rather than before the brace: white space before the brace keeps its place.
        let position = members.last.map { $0.value.upperBound } ?? rootStart + 1
        if !members.isEmpty { text.append(Ascii.comma) }
        text.appendJSONString(member)
        let nameStart = position + (members.isEmpty ? 1 : 2)
        let nameEnd = position + text.count - 1
        text.append(Ascii.colon)
        let valueStart = position + text.count
        text.append(contentsOf: value.bytes)
        splice(position..<position, text)
        members.append(
            MemberRecord(
                name: nameStart..<nameEnd,
                mayHaveEscapes: nameEnd - nameStart != member.utf8.count,
                value: valueStart..<valueStart + value.bytes.count
            )
        )
    }

    /// Replaces bytes inside the root object.
    private mutating func splice(_ range: Range<Int>, _ replacement: [UInt8]) {
        bytes.replaceSubrange(range, with: replacement)
        rootEnd += replacement.count - range.count
        precondition(bytes.count <= Int(Int32.max), "a JSONDocument holds at most 2 GiB")
    }
}
