import Testing

@testable import AurelisGateway

@Suite("Multipart")
struct MultipartParserTests {
    private typealias Event = MultipartParser.Event

    private static let plain = "Content-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch"

    private static func body(_ parts: String..., boundary: String = "x") -> String {
        parts.map { "--\(boundary)\r\n\($0)\r\n" }.joined() + "--\(boundary)--\r\n"
    }

    /// What a body consists of, when it arrives in these pieces; data that follows data is one.
    private static func events(
        _ pieces: [[UInt8]],
        boundary: String = "x"
    ) throws(MultipartFailure) -> [Event] {
        var parser = MultipartParser(boundary: boundary)
        var events: [Event] = []
        for piece in pieces {
            parser.append(piece)
            while let event = try parser.next() {
                if case .data(let more) = event, case .data(let bytes) = events.last {
                    events[events.count - 1] = .data(bytes + more)
                } else {
                    events.append(event)
                }
            }
        }
        try parser.finish()
        return events
    }

    private static func events(_ text: String) throws(MultipartFailure) -> [Event] { try events([Array(text.utf8)]) }

    @Test("parts come with their header, their bytes and their end")
    func parts() throws {
        let file =
            "Content-Disposition: form-data; name=\"file\"; filename=\"a b.jsonl\"\r\nContent-Type: text/plain\r\n\r\n{}\r\n"
        #expect(
            try Self.events(Self.body(Self.plain, file)) == [
                .begin(MultipartHeader(name: "purpose")), .data(Array("batch".utf8)), .end,
                .begin(MultipartHeader(name: "file", fileName: "a b.jsonl")), .data(Array("{}\r\n".utf8)), .end,
            ]
        )
    }

    @Test(
        "what stands before the first part and behind the last is passed over, and so is white space behind a boundary"
    )
    func surroundings() throws {
        let text = "hello\r\n--x \t\r\n\(Self.plain)\r\n--x--  more\r\n--x\r\nand more"
        #expect(try Self.events(text).count == 3)
    }

    @Test("an empty part, and one that looks like a boundary, are parts")
    func lookalikes() throws {
        let header = "Content-Disposition: form-data; name=a\r\n\r\n"
        #expect(try Self.events(Self.body(header)) == [.begin(MultipartHeader(name: "a")), .end])
        let text = "\r\n--\r\n-\r--x\n--x\r\n\r\n--y"
        #expect(
            try Self.events(Self.body(header + text))
                == [.begin(MultipartHeader(name: "a")), .data(Array(text.utf8)), .end]
        )
    }

    @Test("generated bodies come out as they were made, however they are cut")
    func generated() throws {
        for seed in 0..<300 as Range<UInt64> {
            var random = SplitMix64(state: seed)
            let boundary = String(repeating: "-", count: Int.random(in: 0...3, using: &random)) + "b\(seed)"
            let alphabet = Array("\r\n-b\(seed)a".utf8)
            var body: [UInt8] = []
            var expected: [Event] = []
            for part in 0..<Int.random(in: 1...4, using: &random) {
                let count = Int.random(in: 0...200, using: &random)
                var content = (0..<count).map { _ in alphabet.randomElement(using: &random) ?? 0 }
                let delimiter = Array("\r\n--\(boundary)".utf8)
                while let range = (Array("\r\n".utf8) + content).firstRange(of: delimiter) {
                    content.remove(at: max(0, range.upperBound - 3))
                }
                body += Array("--\(boundary)\r\ncontent-disposition:form-data;name=\"\(part)\"\r\n\r\n".utf8)
                body += content + Array("\r\n".utf8)
                expected.append(.begin(MultipartHeader(name: "\(part)")))
                if !content.isEmpty { expected.append(.data(content)) }
                expected.append(.end)
            }
            body += Array("--\(boundary)--".utf8)
            var pieces: [[UInt8]] = []
            var rest = body[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...40, using: &random))
                pieces.append(Array(piece))
                rest = rest.dropFirst(piece.count)
            }
            #expect(try Self.events(pieces, boundary: boundary) == expected, "seed \(seed)")
            #expect(try Self.events([body], boundary: boundary) == expected, "seed \(seed)")
        }
    }

    @Test("a body that was damaged is refused or read, and nothing else happens")
    func damaged() {
        let file =
            "Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n"
            + String(repeating: "ab\r\n", count: 40)
        let whole = Array(Self.body(Self.plain, file).utf8)
        for seed in 0..<2_000 as Range<UInt64> {
            var random = SplitMix64(state: seed)
            var body = whole
            for _ in 0..<Int.random(in: 1...6, using: &random) where !body.isEmpty {
                let place = Int.random(in: 0..<body.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: body[place] = .random(in: .min ... .max, using: &random)
                case 1: body.remove(at: place)
                default: body = Array(body[..<place]) + [0x0D]
                }
            }
            let events = try? Self.events(body.map { [$0] })
            let data = (events ?? []).reduce(0) { sum, event in
                if case .data(let bytes) = event { sum + bytes.count } else { sum }
            }
            #expect(data <= body.count)
        }
    }

    @Test(
        "what is no form is refused, with the reason",
        arguments: [
            ("", .incomplete), ("--x\r\n", .incomplete), (body(plain).replacing("--x--", with: "--x"), .incomplete),
            ("--x\r\n\(plain)", .incomplete), ("--x--\r\n", .empty), ("--xy\r\n\(plain)\r\n--x--", .afterBoundary),
            ("--x-\r\n", .afterBoundary), (body("\r\nbatch"), .nameless),
            (body("Content-Type: a/b\r\n\r\nbatch"), .nameless),
            (body("Content-Disposition: attachment; name=\"a\"\r\n\r\n"), .nameless),
            (body("Content-Disposition: form-data; name=a; name=b\r\n\r\n"), .nameless),
            (body("Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\n"), .encoded),
            (String(repeating: "z", count: 2_000), .noBoundary),
            ("--x" + String(repeating: " ", count: 2_000), .afterBoundary),
            ("--x\r\nA: " + String(repeating: "z", count: 9_000), .headerTooLong),
            (String(repeating: "--x\r\n\(plain)\r\n", count: 65) + "--x--", .tooManyParts),
        ] as [(String, MultipartFailure)]
    )
    func refused(text: String, failure: MultipartFailure) {
        #expect(throws: failure) { try Self.events(text) }
    }

    @Test(
        "file names are read as clients write them",
        arguments: [
            (#"form-data; name="file"; filename="a.jsonl""#, "a.jsonl"),
            (#"form-data; filename="a;b\"c.jsonl"; name=file"#, #"a;b"c.jsonl"#),
            (#"FORM-DATA;NAME=file;FILENAME=a.jsonl "#, "a.jsonl"),
            (#"form-data; name="file"; filename="C:\tmp\a.jsonl""#, #"C:\tmp\a.jsonl"#),
            (#"form-data; name="file"; filename="x"; filename*=UTF-8''na%C3%AFve.jsonl"#, "naïve.jsonl"),
            (#"form-data; name="file"; filename="x"; filename*=latin1''a"#, "x"),
            (#"form-data; name="file"; filename="#, ""),
            (#"form-data; name="file"; filename="open"#, "open"),
        ]
    )
    func fileNames(disposition: String, name: String) throws {
        let header = try MultipartHeader(parsing: Array("X: y\r\ncontent-disposition: \(disposition)\r\n".utf8)[...])
        #expect(header == MultipartHeader(name: "file", fileName: name))
    }
}
