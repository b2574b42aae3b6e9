import Aurelis
import Testing

@testable import AurelisGateway

@Suite("The form of an upload")
struct UploadFormTests {
    private struct Part {
        var name: String
        var value: String
        var fileName: String?
    }

    private static let purpose = Part(name: "purpose", value: "batch")
    private static let file = Part(name: "file", value: "{}", fileName: "a.jsonl")

    private static func read(_ parts: [Part]) throws(ModelError) -> FileDescription {
        var form = UploadForm()
        for part in parts {
            let isFile = part.name == "file"
            let header = MultipartHeader(name: part.name, fileName: part.fileName)
            let begin = try form.take(.begin(header))
            #expect(begin == (isFile ? .begin : UploadForm.Action.none))
            let bytes = Array(part.value.utf8)
            let data = try form.take(.data(bytes))
            #expect(data == (isFile ? .write(bytes) : UploadForm.Action.none))
            let end = try form.take(.end)
            #expect(end == UploadForm.Action.none)
        }
        return try form.description()
    }

    @Test("fields may come before the file or behind it, and unknown ones are passed over")
    func order() throws {
        let expected = FileDescription(name: "a.jsonl", purpose: .batch)
        #expect(try Self.read([Self.purpose, Self.file]) == expected)
        #expect(try Self.read([Self.file, Part(name: "color", value: "red"), Self.purpose]) == expected)
    }

    @Test("how long the file is to be kept")
    func lifetime() throws {
        let anchor = Part(name: "expires_after[anchor]", value: "created_at")
        let seconds = Part(name: "expires_after[seconds]", value: "3600")
        #expect(try Self.read([Self.purpose, anchor, Self.file, seconds]).lifetime == 3_600)
        for wrong in ["3599", "2592001", "x", ""] {
            #expect(throws: ModelError.self) {
                try Self.read([Self.purpose, anchor, Self.file, Part(name: "expires_after[seconds]", value: wrong)])
            }
        }
        #expect(throws: ModelError.self) { try Self.read([Self.purpose, Self.file, seconds]) }
        #expect(throws: ModelError.self) { try Self.read([Self.purpose, Self.file, anchor]) }
    }

    @Test(
        "a file's name is a label: no path, nothing that a terminal would obey",
        arguments: [
            ("../../etc/passwd", "passwd"), (#"C:\tmp\a.jsonl"#, "a.jsonl"), ("a\u{1B}[31m\u{7F}b\n", "a[31mb"),
            ("", "upload"),
            ("///", "upload"), (nil, "upload"),
            (String(repeating: "é", count: 300), String(repeating: "é", count: 200)),
        ]
    )
    func names(name: String?, label: String) throws {
        #expect(try Self.read([Self.purpose, Part(name: "file", value: "", fileName: name)]).name == label)
    }

    @Test("what is missing, there twice, too long or for another purpose is named")
    func refused() {
        let cases: [([Part], String)] = [
            ([Self.purpose], "file"), ([Self.file], "purpose"), ([Self.file, Self.purpose, Self.purpose], "purpose"),
            ([Part(name: "purpose", value: "assistants"), Self.file], "purpose"), ([Self.file, Self.file], "file"),
            ([Part(name: "note", value: String(repeating: "x", count: 5_000))], "note"),
        ]
        for (parts, parameter) in cases {
            do throws(ModelError) {
                _ = try Self.read(parts)
                Issue.record("\(parameter) was not refused")
            } catch {
                #expect(error.parameter == parameter && error.status == 400)
            }
        }
    }
}
