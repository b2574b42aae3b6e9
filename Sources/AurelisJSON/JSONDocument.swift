/// A JSON text, validated once, whose fields are read and replaced in place.
///
///     var request = try JSONDocument(body)
///     let model = request["model"]?.string
///     request.set("model", to: .string("openai/gpt-4o"))
///     send(request.bytes)                     // every other byte is the caller's own
///
/// Validation is strict (RFC 8259; UTF-8 without overlong forms and surrogates; no byte order mark, nothing after the
/// value) and takes one pass, which also notes where the top-level members lie. Nothing is decoded until it is asked
/// for.
public struct JSONDocument: Sendable {
    /// The text, edits applied. Without edits it is the array that was given, not a copy.
    public internal(set) var bytes: [UInt8]
    var rootStart: Int
    var rootEnd: Int
    var members: ContiguousArray<MemberRecord>

    /// Validates a text.
    ///
    /// - Throws: what is wrong, and where.
    public init(_ bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
        switch bytes.withUnsafeBufferPointer({ Scan.of($0, limits: limits) }) {
        case .success(let scan):
            self.bytes = bytes
            rootStart = scan.start
            rootEnd = scan.end
            members = scan.members
        case .failure(let error):
            throw error
        }
    }

    /// Validates a text.
    ///
    /// - Throws: what is wrong, and where.
    public init(_ text: String, limits: JSONLimits = .default) throws(JSONError) {
        try self.init(Array(text.utf8), limits: limits)
    }

    /// The whole value.
    public var root: JSONValue { JSONValue(bytes, rootStart..<rootEnd) }

    /// The value of a top-level member; nil when there is none, or when the root is no object.
    ///
    /// Names are compared after unescaping (`"mod\u0065l"` is `model`), byte for byte in UTF-8. Of several members with
    /// one name, which only tolerant limits accept, the last is meant.
    public subscript(_ member: String) -> JSONValue? {
        var member = member
        let index = member.withUTF8 { name in lastIndex(of: name) }
        return index.map { JSONValue(bytes, members[$0].value) }
    }

    func lastIndex(of name: UnsafeBufferPointer<UInt8>) -> Int? {
        bytes.withUnsafeBufferPointer { text in
            let text = Bytes(text)
            return members.withUnsafeBufferPointer { members in
                var index = members.count
                while index > 0 {
                    index -= 1
                    if members[index].isNamed(name, in: text) { return index }
                }
                return nil
            }
        }
    }
}

extension JSONDocument: CustomStringConvertible {
    /// The text.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
