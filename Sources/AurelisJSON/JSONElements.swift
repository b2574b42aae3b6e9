/// The elements of an array, found one by one.
///
///     for message in document["messages"]?.elements ?? .empty { print(message["role"]?.string ?? "?") }
public struct JSONElements: Sequence, Sendable {
    private let array: JSONValue?

    init(_ value: JSONValue) { array = value.kind == .array ? value : nil }

    private init() { array = nil }

    /// No elements.
    public static let empty = JSONElements()

    /// Begins at the first element.
    public func makeIterator() -> Iterator { Iterator(array) }

    /// Where an iteration stands.
    public struct Iterator: IteratorProtocol, Sendable {
        private let array: JSONValue?
        private var position: Int

        init(_ array: JSONValue?) {
            self.array = array
            position = array.map { array in array.withText { $0.skippingWhitespace(array.range.lowerBound + 1) } } ?? 0
        }

        /// The next element, or nil after the last.
        public mutating func next() -> JSONValue? {
            guard let array else { return nil }
            let start = position
            let places: (end: Int, next: Int)? = array.withText { text in
                guard start < text.count, text[start] != Ascii.closeBracket else { return nil }
                let end = text.endOfValue(start)
                return (end, text.startOfNext(end))
            }
            guard let places else { return nil }
            position = places.next
            return JSONValue(array.bytes, start..<places.end)
        }
    }
}
