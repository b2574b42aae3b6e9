import Foundation
import Testing

/// `Documentation/attacks.md` says which tests show what; they are to exist.
@Suite("The list of attacks")
struct AttackListTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The text of every file of tests, by the name of the file.
    private static func sources() throws -> [String: String] {
        var sources: [String: String] = [:]
        for folder in ["Tests", "Compatibility/tests"] {
            let files = FileManager.default.enumerator(
                at: root.appending(path: folder),
                includingPropertiesForKeys: nil
            )
            for case let file as URL in files ?? .init() where ["swift", "py"].contains(file.pathExtension) {
                sources[file.lastPathComponent, default: ""] += try String(contentsOf: file, encoding: .utf8)
            }
        }
        return sources
    }

    @Test("every test that it names is there")
    func names() throws {
        let list = try String(contentsOf: Self.root.appending(path: "Documentation/attacks.md"), encoding: .utf8)
        let sources = try Self.sources()
        var count = 0
        for match in list.matches(of: /`(\w+Tests)\.(\w+)`|`(test_\w+\.py)::(test_\w+)`/) {
            let (_, suite, test, file, function) = match.output
            count += 1
            if let suite, let test {
                #expect(sources["\(suite).swift"]?.contains("func \(test)(") == true, "\(suite).\(test) is not there")
            } else if let file, let function {
                #expect(sources["\(file)"]?.contains("def \(function)(") == true, "\(file)::\(function) is not there")
            }
        }
        // Each row of a table names one at least.
        let rows = list.split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.hasPrefix("| attack") }
        #expect(rows.allSatisfy { $0.contains(/`\w+Tests\.\w+`/) })
        #expect(count >= rows.count && rows.count > 20)
    }
}
