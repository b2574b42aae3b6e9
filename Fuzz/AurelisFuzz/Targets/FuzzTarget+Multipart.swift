import Aurelis

@testable import AurelisGateway

extension FuzzTarget {
    /// A form has the same parts however it is cut; written again they are the same; headers and parts keep to their bounds.
    static let multipart = FuzzTarget("multipart") { bytes in
        let whole = read([bytes])
        for pieces in Splits.ways(of: bytes) {
            let form = read(pieces)
            // What is wrong is seen no later in pieces, and what came before it is the same.
            try holds(form.failure == whole.failure, "pieces fail otherwise: \(form.failure?.message ?? "not at all")")
            try holds(form.events == whole.events, "other parts come out of pieces")
        }
        try holds(whole.begun <= MultipartParser.maximumParts, "more parts than there may be")
        try checkForm(whole.events)
        guard whole.failure == nil, whole.longestName < MultipartParser.maximumHeader / 8 else { return }
        let again = read([write(whole.events)])
        try holds(again.failure == nil && again.events == whole.events, "written and read again, other parts come out")
    }

    private struct Form {
        var events: [MultipartParser.Event] = []
        var failure: MultipartFailure?

        private(set) var begun = 0
        private(set) var longestName = 0

        mutating func take(_ event: MultipartParser.Event) {
            if case .begin(let header) = event {
                begun += 1
                longestName = max(longestName, header.name.utf8.count, header.fileName?.utf8.count ?? 0)
            }
            // Data comes in pieces of any length.
            if case .data(let more) = event, case .data(let bytes) = events.last {
                events[events.count - 1] = .data(bytes + more)
            } else {
                events.append(event)
            }
        }
    }

    private static func read(_ pieces: [[UInt8]]) -> Form {
        var parser = MultipartParser(boundary: "x")
        var form = Form()
        do throws(MultipartFailure) {
            for piece in pieces {
                parser.append(piece)
                while let event = try parser.next() { form.take(event) }
            }
            try parser.finish()
        } catch {
            form.failure = error
        }
        return form
    }

    /// What the fields mean: refused, or a file with a name that is no path.
    private static func checkForm(_ events: [MultipartParser.Event]) throws {
        var form = UploadForm()
        for event in events { guard (try? form.take(event)) != nil else { return } }
        guard let file = try? form.description() else { return }
        let forbidden = file.name.unicodeScalars.contains { $0.value < 0x20 || $0 == "/" || $0 == "\\" }
        try holds(!file.name.isEmpty && !forbidden, "a file's name is a path: \(file.name.debugDescription)")
    }

    private static func write(_ events: [MultipartParser.Event]) -> [UInt8] {
        var body: [UInt8] = []
        for event in events {
            switch event {
            case .begin(let header):
                body += Array("--x\r\nContent-Disposition: form-data; name=\(quoted(header.name))".utf8)
                if let name = header.fileName { body += Array("; filename*=UTF-8''\(escaped(name))".utf8) }
                body += Array("\r\n\r\n".utf8)
            case .data(let bytes): body += bytes
            case .end: body += Array("\r\n".utf8)
            }
        }
        return body + Array("--x--\r\n".utf8)
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }
        return "\"\(escaped.joined())\""
    }

    /// A file's name may hold anything, line ends too.
    private static func escaped(_ text: String) -> String {
        text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
