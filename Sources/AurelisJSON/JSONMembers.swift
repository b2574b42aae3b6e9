/// The members of an object in the order of the text, found one by one.
///
///     for (key, value) in document.root.members { print(key, value.kind) }
public struct JSONMembers: Sequence, Sendable {
    private let object: JSONValue?

    init(_ value: JSONValue) { object = value.kind == .object ? value : nil }

    private init() { object = nil }

    /// No members.
    public static let empty = JSONMembers()

    /// Begins at the first member.
    public func makeIterator() -> Iterator { Iterator(object) }

    /// Where an iteration stands.
    public struct Iterator: IteratorProtocol, Sendable {
        private let object: JSONValue?
        private var position: Int

        init(_ object: JSONValue?) {
            self.object = object
            position =
                object.map { object in object.withText { $0.skippingWhitespace(object.range.lowerBound + 1) } } ?? 0
        }

        /// The next member, its name unescaped, or nil after the last.
        public mutating func next() -> (key: String, value: JSONValue)? {
            guard let object else { return nil }
            let name = position
            let places: (key: String, start: Int, end: Int, next: Int)? = object.withText { text in
                guard name < text.count, text[name] == Ascii.quote else { return nil }
                let nameEnd = text.endOfString(name + 1)
                let start = text.startOfMemberValue(nameEnd)
                let end = text.endOfValue(start)
                return (text.unescaped(name + 1, nameEnd - 1), start, end, text.startOfNext(end))
            }
            guard let places else { return nil }
            position = places.next
            return (places.key, JSONValue(object.bytes, places.start..<places.end))
        }
    }
}
