/// Finds a name that occurs twice.
enum DuplicateSearch {
    /// Above this, comparing each with each costs more than a set, and an attacker could make it cost much more.
    private static let pairwiseLimit = 32

    /// The index of the first member whose name an earlier one has, or nil.
    static func firstRepetition(in members: ContiguousArray<MemberRecord>, of text: Bytes) -> Int? {
        members.withUnsafeBufferPointer { members in
            if members.count > pairwiseLimit { return searchBySet(members, text) }
            // One bit per coarse fingerprint: most names meet no earlier one with theirs and need no comparison.
            var seen: UInt64 = 0
            for index in members.indices {
                if members[index].mayHaveEscapes { return searchBySet(members, text) }
                let name = members[index].name
                let bit = UInt64(1) << fingerprint(of: name, in: text)
                if seen & bit != 0, occurs(name, in: members[..<index], text) { return index }
                seen |= bit
            }
            return nil
        }
    }

    @inline(__always)
    private static func fingerprint(of name: Range<Int>, in text: Bytes) -> UInt64 {
        guard !name.isEmpty else { return 0 }
        let first = UInt64(text[name.lowerBound])
        let last = UInt64(text[name.upperBound - 1])
        return (first &* 7 &+ last &* 13 &+ UInt64(truncatingIfNeeded: name.count) &* 29) & 63
    }

    private static func occurs(
        _ name: Range<Int>,
        in earlier: Slice<UnsafeBufferPointer<MemberRecord>>,
        _ text: Bytes
    ) -> Bool {
        let bytes = UnsafeBufferPointer(start: text.base + name.lowerBound, count: name.count)
        return earlier.contains { text.equals($0.name.lowerBound, $0.name.upperBound, bytes) }
    }

    private static func searchBySet(_ members: UnsafeBufferPointer<MemberRecord>, _ text: Bytes) -> Int? {
        var names = Set<Name>(minimumCapacity: members.count)
        return members.firstIndex { member in
            !names.insert(Name(text.unescaped(member.name.lowerBound, member.name.upperBound))).inserted
        }
    }

    /// A name by its bytes: `String` compares canonically equivalent spellings as equal, JSON does not.
    private struct Name: Hashable {
        private let text: String

        init(_ text: String) { self.text = text }

        static func == (left: Name, right: Name) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

        func hash(into hasher: inout Hasher) {
            var text = text
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }
}
