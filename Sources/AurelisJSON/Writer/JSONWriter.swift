/// Writes JSON piece by piece into one array.
///
///     var json = JSONWriter()
///     json.beginObject()
///     json.field("id", id)
///     json.key("usage")
///     json.beginObject()
///     json.field("total_tokens", 42)
///     json.endObject()
///     json.endObject()
///     send(json.bytes)
///
/// Commas and colons are the writer's. Calls in an order that gives no JSON stop the program with a message: they are
/// defects of the code that writes, never of what is written.
public struct JSONWriter: Sendable {
    /// The text so far.
    public private(set) var bytes: [UInt8]
    private var containers = ContainerStack()
    /// Whether a member's name has been written and its value has not.
    private var awaitsValue = false

    /// A writer with room for a text of this many bytes; it grows when need be.
    public init(capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Whether one whole value has been written.
    public var isComplete: Bool { containers.depth == 0 && !bytes.isEmpty }

    /// Begins an object: members follow.
    public mutating func beginObject() {
        beginValue()
        bytes.append(Ascii.openBrace)
        containers.push(object: true)
    }

    /// Ends the object.
    public mutating func endObject() {
        precondition(containers.depth > 0 && containers.isInObject, "JSONWriter.endObject() without an open object")
        precondition(!awaitsValue, "JSONWriter.endObject() after a key without a value")
        containers.pop()
        bytes.append(Ascii.closeBrace)
    }

    /// Begins an array: values follow.
    public mutating func beginArray() {
        beginValue()
        bytes.append(Ascii.openBracket)
        containers.push(object: false)
    }

    /// Ends the array.
    public mutating func endArray() {
        precondition(containers.depth > 0 && !containers.isInObject, "JSONWriter.endArray() without an open array")
        containers.pop()
        bytes.append(Ascii.closeBracket)
    }

    /// A member's name; its value follows. That a name occurs only once is the caller's care.
    public mutating func key(_ name: String) {
        precondition(containers.depth > 0 && containers.isInObject, "JSONWriter.key(_:) outside of an object")
        precondition(!awaitsValue, "JSONWriter.key(_:) after a key without a value")
        appendCommaIfNeeded()
        bytes.appendJSONString(name)
        bytes.append(Ascii.colon)
        awaitsValue = true
    }

    /// A string.
    public mutating func string(_ value: String) {
        beginValue()
        bytes.appendJSONString(value)
    }

    /// An integer.
    public mutating func int(_ value: Int) {
        beginValue()
        bytes.appendJSON(value)
    }

    /// A number in the shortest form that reads back as the same one; `null` for infinities and NaN.
    public mutating func double(_ value: Double) {
        beginValue()
        bytes.appendJSON(value)
    }

    /// `true` or `false`.
    public mutating func bool(_ value: Bool) {
        beginValue()
        bytes.appendJSON(value)
    }

    /// `null`
    public mutating func null() {
        beginValue()
        bytes.append(contentsOf: "null".utf8)
    }

    /// A value of some document, as it is written there.
    public mutating func raw(_ value: JSONValue) {
        beginValue()
        bytes.append(contentsOf: value.raw)
    }

    /// A fragment.
    public mutating func fragment(_ value: JSONFragment) {
        beginValue()
        bytes.append(contentsOf: value.bytes)
    }

    @inline(__always)
    private mutating func beginValue() {
        if awaitsValue {
            awaitsValue = false
            return
        }
        if containers.depth == 0 {
            precondition(bytes.isEmpty, "JSONWriter: a second value after the end of the first")
        } else {
            precondition(!containers.isInObject, "JSONWriter: a value in an object without a key")
            appendCommaIfNeeded()
        }
    }

    /// What was written last tells whether something stands before: only an opening bracket has nothing behind it.
    @inline(__always)
    private mutating func appendCommaIfNeeded() {
        let last = bytes[bytes.count - 1]
        if last != Ascii.openBrace, last != Ascii.openBracket { bytes.append(Ascii.comma) }
    }
}
