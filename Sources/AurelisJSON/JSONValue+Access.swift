extension JSONValue {
    /// The value of an object's member; nil when there is none, or for other kinds.
    ///
    /// Names are compared as in `JSONDocument`; of several members with one name the last is meant.
    public subscript(_ member: String) -> JSONValue? {
        guard kind == .object else { return nil }
        var member = member
        let found = member.withUTF8 { name in
            withText { $0.value(of: name, inObjectAt: range.lowerBound) }
        }
        return found.map { JSONValue(bytes, $0) }
    }

    /// An array's element; nil beyond its end, or for other kinds. Elements before it are skipped, not decoded.
    public subscript(_ index: Int) -> JSONValue? {
        guard index >= 0 else { return nil }
        var remaining = index
        var iterator = elements.makeIterator()
        while let element = iterator.next() {
            if remaining == 0 { return element }
            remaining -= 1
        }
        return nil
    }

    /// An array's elements; none for other kinds.
    public var elements: JSONElements { JSONElements(self) }

    /// An object's members in the order of the text; none for other kinds.
    public var members: JSONMembers { JSONMembers(self) }

    /// How many elements or members there are; 0 for other kinds. Takes a pass over the value.
    public var count: Int {
        switch kind {
        case .array: elements.reduce(0) { count, _ in count + 1 }
        case .object: members.reduce(0) { count, _ in count + 1 }
        default: 0
        }
    }
}
