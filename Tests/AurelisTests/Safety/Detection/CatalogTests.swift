import Aurelis
import Foundation
import Testing

@Suite("Safety: the published list")
struct CatalogTests {
    @Test("Documentation/sanitizer.md has the list of the code, word for word")
    func published() throws {
        let file = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../../Documentation/sanitizer.md")
        let page = try String(contentsOf: file.standardizedFileURL, encoding: .utf8)
        let rows = SecretKind.catalog.map { "| `\($0.kind)` | \($0.name) | \($0.shape) | \($0.check) |" }
        let published = page.split(separator: "\n").map(String.init).filter {
            $0.hasPrefix("| `") && $0.hasSuffix(" |")
        }
        #expect(published.filter { row in rows.contains(row) } == rows)
    }

    @Test("every kind of the list is found by a seeded secret")
    func complete() {
        let seeded = Set(SeededSecret.all(seed: 1).map(\.kind) + ["private_key", "google_service_account_key"])
        let missing = SecretKind.catalog.map(\.kind.rawValue).filter { !seeded.contains($0) }
        #expect(missing.isEmpty)
        #expect(Set(SecretKind.catalog.map(\.kind)).count == SecretKind.catalog.count)
    }
}
