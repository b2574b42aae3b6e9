/// Why a batch cannot go on, although its items could.
public struct BatchError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public var code: Code
    /// What went wrong, for a person.
    public var message: String

    /// An error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// A kind of failure. Open: later versions may add kinds.
    public struct Code: Sendable, Hashable {
        private let name: String

        /// The input cannot be read.
        public static let input = Code(name: "input")
        /// Results cannot be kept, or those that were are lost.
        public static let journal = Code(name: "journal")
        /// The disk does not answer; it may later.
        public static let disk = Code(name: "disk")
        /// Another process works on the same batch.
        public static let busy = Code(name: "busy")
    }

    /// For people.
    public var description: String { message }
}
