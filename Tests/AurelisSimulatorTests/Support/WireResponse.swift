import AurelisJSON

/// An HTTP answer as a test sees it.
struct WireResponse: Sendable {
    var status: Int
    var headers: [String: String]
    var body: [UInt8]
    /// Whether the body came to its announced end.
    var isComplete: Bool

    var text: String { String(decoding: body, as: UTF8.self) }

    /// What stands behind each `data: `.
    var events: [String] {
        var events: [String] = []
        for line in text.split(separator: "\n") where line.hasPrefix("data: ") {
            events.append(String(line.dropFirst(6)))
        }
        return events
    }

    var json: JSONDocument { get throws { try JSONDocument(body) } }

    /// The events that are JSON.
    var chunks: [JSONDocument] { events.compactMap { try? JSONDocument($0) } }

    /// The text that a stream delivered.
    var streamedText: String { chunks.map { $0["choices"]?[0]?["delta"]?["content"]?.string ?? "" }.joined() }

    /// Reads an answer from the front of some bytes, and how many it takes; nil while it is not all there.
    static func parse(_ bytes: [UInt8], headOnly: Bool, atEnd: Bool) -> (WireResponse, Int)? {
        guard let headEnd = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<headEnd.lowerBound], as: UTF8.self).split(separator: "\r\n")
        guard let first = lines.first, first.hasPrefix("HTTP/1.1 "), let status = Int(first.split(separator: " ")[1])
        else {
            return nil
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " }) }
        }
        let start = headEnd.upperBound
        var response = WireResponse(status: status, headers: headers, body: [], isComplete: true)
        if headOnly || status == 100 { return (response, start) }
        if headers["transfer-encoding"] == "chunked" {
            let (body, end) = dechunk(bytes, from: start)
            response.body = body
            guard end == nil else { return (response, end ?? 0) }
        } else if let length = headers["content-length"].flatMap({ Int($0) }) {
            response.body = Array(bytes[start..<min(start + length, bytes.count)])
            guard response.body.count < length else { return (response, start + length) }
        } else if atEnd {
            response.body = Array(bytes[start...])
            return (response, bytes.count)
        }
        response.isComplete = false
        return atEnd ? (response, bytes.count) : nil
    }

    /// The content of chunks, and where they end; nil when they do not.
    private static func dechunk(_ bytes: [UInt8], from start: Int) -> ([UInt8], Int?) {
        var body: [UInt8] = []
        var position = start
        while let lineEnd = bytes[position...].firstRange(of: Array("\r\n".utf8)) {
            let size = Int(String(decoding: bytes[position..<lineEnd.lowerBound], as: UTF8.self), radix: 16) ?? 0
            let end = lineEnd.upperBound + size
            body += bytes[lineEnd.upperBound..<min(end, bytes.count)]
            guard end + 2 <= bytes.count else { return (body, nil) }
            position = end + 2
            if size == 0 { return (body, position) }
        }
        return (body, nil)
    }
}
