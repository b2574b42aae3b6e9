/// The bodies of the requests in some bytes, read as RFC 9112 has them, with none of what a reader may forgive.
///
/// Ends at the first thing that is not as it should be. Whoever sees other requests than this in the same bytes can be
/// made to see one where a proxy before it saw none.
struct StrictRequests {
    private(set) var bodies: [[UInt8]] = []
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
        while let body = takeRequest() { bodies.append(body) }
    }

    private enum Framing {
        case length(Int)
        case chunked
    }

    private mutating func takeRequest() -> [UInt8]? {
        // The one thing forgiven: line ends of any kind before a request, which are in nobody's body.
        rest = rest.drop { $0 == 0x0D || $0 == 0x0A }
        guard let line = takeLine(), Self.isRequestLine(line) else { return nil }
        var framing = Framing.length(0)
        var isFramed = false
        while let field = takeLine() {
            if field.isEmpty { return takeBody(framing) }
            guard let (name, value) = Self.field(field) else { return nil }
            guard name == "content-length" || name == "transfer-encoding" else { continue }
            guard !isFramed else { return nil }
            isFramed = true
            if name == "transfer-encoding" {
                guard value.lowercased() == "chunked" else { return nil }
                framing = .chunked
            } else {
                guard value.utf8.allSatisfy({ (48...57).contains($0) }), let length = Int(value) else { return nil }
                framing = .length(length)
            }
        }
        return nil
    }

    private mutating func takeBody(_ framing: Framing) -> [UInt8]? {
        guard case .chunked = framing else {
            guard case .length(let count) = framing else { return nil }
            return take(count)
        }
        var body: [UInt8] = []
        while let line = takeLine() {
            let digits = line.prefix { Character(Unicode.Scalar($0)).isHexDigit }
            let extensions = line.dropFirst(digits.count)
            guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), Self.isText(line),
                extensions.isEmpty || [0x20, 0x09, UInt8(ascii: ";")].contains(extensions.first)
            else { return nil }
            if size == 0 { return takeTrailers() ? body : nil }
            guard let data = take(size), let end = takeLine(), end.isEmpty else { return nil }
            body += data
        }
        return nil
    }

    private mutating func takeTrailers() -> Bool {
        while let line = takeLine() {
            if line.isEmpty { return true }
            guard Self.field(line) != nil else { return false }
        }
        return false
    }

    /// A line without its CR LF; nil when there is none, or a CR or LF that stands alone in it.
    private mutating func takeLine() -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(where: { $0 == 0x0D || $0 == 0x0A }), rest[end] == 0x0D,
            rest.index(after: end) < rest.endIndex, rest[end + 1] == 0x0A
        else { return nil }
        defer { rest = rest[(end + 2)...] }
        return rest[..<end]
    }

    private mutating func take(_ count: Int) -> [UInt8]? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    private static func isRequestLine(_ line: ArraySlice<UInt8>) -> Bool {
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 3, isToken(parts[0]), !parts[1].isEmpty, parts[1].allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else { return false }
        return parts[2].elementsEqual("HTTP/1.1".utf8) || parts[2].elementsEqual("HTTP/1.0".utf8)
    }

    private static func field(_ line: ArraySlice<UInt8>) -> (name: String, value: String)? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), isToken(line[..<colon]), isText(line) else {
            return nil
        }
        var value = line[(colon + 1)...]
        while let first = value.first, first == 0x20 || first == 0x09 { value.removeFirst() }
        while let last = value.last, last == 0x20 || last == 0x09 { value.removeLast() }
        return (String(decoding: line[..<colon], as: UTF8.self).lowercased(), String(decoding: value, as: UTF8.self))
    }

    private static func isText(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
    }

    private static func isToken(_ bytes: ArraySlice<UInt8>) -> Bool {
        !bytes.isEmpty
            && bytes.allSatisfy { byte in
                Character(Unicode.Scalar(byte)).isLetter && byte < 0x80 || (48...57).contains(byte)
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }
}
