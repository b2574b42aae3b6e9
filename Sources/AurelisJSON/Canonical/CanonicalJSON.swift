/// JSON values as bytes that are equal exactly when the values mean the same.
///
///     var canonical = CanonicalJSON()
///     canonical.append(document.root)
///     hash(canonical.bytes)
///
/// White space, the order of members and the spelling of escapes and numbers do not count. Nothing is ambiguous: every
/// text and number comes after its length, every container ends with a byte that begins no value.
///
///     null, false, true    n, f, t
///     text                 s, its length in four bytes (the highest first), its UTF-8
///     number               d, its length in four bytes, its sign, digits and power of ten: -15e-1 for -1.50
///     array                [, its elements, ]
///     object               {, each name as a text with its value, by the bytes of the names, }
package struct CanonicalJSON: Sendable {
    /// What has been written.
    package private(set) var bytes: [UInt8] = []

    /// Begins with some bytes that say what this is.
    ///
    /// - Parameter capacity: about how much will be written.
    package init(prefix: StaticString = "", capacity: Int = 1_024) {
        bytes.reserveCapacity(capacity)
        prefix.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// How a member of an object is written.
    package enum Treatment: Sendable {
        /// Not at all.
        case omitted
        /// As it is.
        case verbatim
        /// With LF in the place of CRLF in its texts.
        case normalised
        /// As an object that has only the members with these names.
        case restricted([StaticString])
    }

    /// Writes a text.
    package mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(text: $0) }
    }

    /// Writes a value.
    package mutating func append(_ value: JSONValue) {
        value.withText { text in
            _ = append(text, at: value.range.lowerBound, normalised: false)
        }
    }

    /// Writes an object, with a say in how each of its members is written; members that are null are left out.
    ///
    /// - Parameter treatment: is given the member's name in UTF-8.
    package mutating func append(
        object value: JSONValue,
        treatment: (UnsafeBufferPointer<UInt8>) -> Treatment
    ) {
        guard value.kind == .object else { return append(value) }
        value.withText { text in
            _ = append(text, objectAt: value.range.lowerBound, keepsNulls: false, treatment)
        }
    }
}

extension CanonicalJSON {
    /// Writes the value that begins at `index`; returns the index after it.
    private mutating func append(_ text: Bytes, at index: Int, normalised: Bool) -> Int {
        switch text[index] {
        case Ascii.quote:
            let end = text.endOfString(index + 1)
            append(text, stringIn: index + 1..<end - 1, normalised: normalised)
            return end
        case Ascii.openBrace:
            return append(text, objectAt: index, keepsNulls: true) { _ in normalised ? .normalised : .verbatim }
        case Ascii.openBracket:
            bytes.append(Ascii.openBracket)
            var next = text.skippingWhitespace(index + 1)
            while text[next] != Ascii.closeBracket {
                next = text.startOfNext(append(text, at: next, normalised: normalised))
            }
            bytes.append(Ascii.closeBracket)
            return next + 1
        case UInt8(ascii: "n"), UInt8(ascii: "t"), UInt8(ascii: "f"):
            bytes.append(text[index])
            return text.endOfValue(index)
        default:
            let end = text.endOfValue(index)
            append(number: text, in: index..<end)
            return end
        }
    }

    // MARK: Objects

    /// Objects with more members than this are put in order in an array of their own.
    private static let commonMembers = 16

    private mutating func append(
        _ text: Bytes,
        objectAt index: Int,
        keepsNulls: Bool,
        _ treatment: (UnsafeBufferPointer<UInt8>) -> Treatment
    ) -> Int {
        bytes.append(Ascii.openBrace)
        defer { bytes.append(Ascii.closeBrace) }
        let end = withUnsafeTemporaryAllocation(of: MemberRecord.self, capacity: Self.commonMembers) {
            members -> Int? in
            var count = 0
            var next = text.skippingWhitespace(index + 1)
            while text[next] == Ascii.quote {
                guard count < Self.commonMembers else { return nil }
                let record = Self.member(text, at: next)
                // To find a place for an escaped name it must be unescaped; nobody sends one.
                guard !record.mayHaveEscapes else { return nil }
                var place = count
                while place > 0, text.precedes(record.name, members[place - 1].name) {
                    members[place] = members[place - 1]
                    place -= 1
                }
                members[place] = record
                count += 1
                next = text.startOfNext(record.value.upperBound)
            }
            for member in members[..<count] {
                let name = UnsafeBufferPointer(start: text.base + member.name.lowerBound, count: member.name.count)
                append(text, member.value, of: name, keepsNulls: keepsNulls, treatment)
            }
            return next + 1
        }
        return end ?? append(text, anyObjectAt: index, keepsNulls: keepsNulls, treatment)
    }

    private mutating func append(
        _ text: Bytes,
        anyObjectAt index: Int,
        keepsNulls: Bool,
        _ treatment: (UnsafeBufferPointer<UInt8>) -> Treatment
    ) -> Int {
        var members: [(name: [UInt8], value: Range<Int>)] = []
        var next = text.skippingWhitespace(index + 1)
        while text[next] == Ascii.quote {
            let record = Self.member(text, at: next)
            let name = text.unescaped(record.name.lowerBound, record.name.upperBound)
            members.append((Array(name.utf8), record.value))
            next = text.startOfNext(record.value.upperBound)
        }
        // The sort is stable: members of one name keep their order, for which of them counts is the reader's affair.
        members.sort { $0.name.lexicographicallyPrecedes($1.name) }
        for (name, value) in members {
            name.withUnsafeBufferPointer { append(text, value, of: $0, keepsNulls: keepsNulls, treatment) }
        }
        return next + 1
    }

    private mutating func append(
        _ text: Bytes,
        _ value: Range<Int>,
        of name: UnsafeBufferPointer<UInt8>,
        keepsNulls: Bool,
        _ treatment: (UnsafeBufferPointer<UInt8>) -> Treatment
    ) {
        let start = value.lowerBound
        if !keepsNulls, text[start] == UInt8(ascii: "n") { return }
        let treatment = treatment(name)
        if case .omitted = treatment { return }
        append(text: name)
        switch treatment {
        case .restricted(let names) where text[start] == Ascii.openBrace:
            _ = append(text, objectAt: start, keepsNulls: true) { name in
                names.contains { name.isSame(as: $0) } ? .verbatim : .omitted
            }
        case .normalised:
            _ = append(text, at: start, normalised: true)
        case .omitted, .verbatim, .restricted:
            _ = append(text, at: start, normalised: false)
        }
    }

    private static func member(_ text: Bytes, at index: Int) -> MemberRecord {
        let nameEnd = text.endOfString(index + 1) - 1
        let value = text.startOfMemberValue(nameEnd + 1)
        let hasEscapes = text.quoteOrBackslash(index + 1) != nameEnd
        let end = text.endOfValue(value)
        return MemberRecord(name: index + 1..<nameEnd, mayHaveEscapes: hasEscapes, value: value..<end)
    }

    // MARK: Texts and numbers

    private mutating func append(text: UnsafeBufferPointer<UInt8>) {
        bytes.append(UInt8(ascii: "s"))
        append(length: text.count)
        bytes.append(contentsOf: text)
    }

    private mutating func append(_ text: Bytes, stringIn range: Range<Int>, normalised: Bool) {
        let inside = Bytes(text.base + range.lowerBound, count: range.count)
        // A line end inside a text is always escaped, so plain texts have none.
        guard inside.quoteOrBackslash(0) < inside.count else { return append(text: inside.buffer) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: inside.count) { output in
            guard let start = output.baseAddress else { return }
            var count = inside.unescape(into: start)
            if normalised { count = Self.joinLineEnds(start, count) }
            append(text: UnsafeBufferPointer(start: start, count: count))
        }
    }

    /// Takes the CR out of every CRLF; returns the new length.
    private static func joinLineEnds(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        var written = 0
        for index in 0..<count {
            if text[index] == 0x0D, index + 1 < count, text[index + 1] == 0x0A { continue }
            text[written] = text[index]
            written += 1
        }
        return written
    }

    private mutating func append(number text: Bytes, in range: Range<Int>) {
        let number = CanonicalNumber(UnsafeBufferPointer(start: text.base + range.lowerBound, count: range.count))
        bytes.append(UInt8(ascii: "d"))
        append(length: number.bytes.count)
        bytes.append(contentsOf: number.bytes)
    }

    private mutating func append(length: Int) {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: length).bigEndian) { bytes.append(contentsOf: $0) }
    }
}

extension Bytes {
    /// Whether one name comes before another by their bytes.
    fileprivate func precedes(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        for offset in 0..<min(left.count, right.count) {
            let (one, other) = (base[left.lowerBound + offset], base[right.lowerBound + offset])
            if one != other { return one < other }
        }
        return left.count < right.count
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether these are the bytes of a name in ASCII.
    package func isSame(as name: StaticString) -> Bool {
        guard count == name.utf8CodeUnitCount else { return false }
        for index in 0..<count where self[index] != name.utf8Start[index] { return false }
        return true
    }
}
