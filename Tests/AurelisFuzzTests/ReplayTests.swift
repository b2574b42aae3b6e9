import Foundation
import Testing

/// What fuzzing has found, and what it begins with, without the fuzzer: `Fuzz/regressions` and `Fuzz/corpus`.
@Suite("Fuzzing")
struct ReplayTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fuzz")

    private static func inputs(_ kind: String, of target: FuzzTarget) throws -> [URL] {
        let folder = folder.appending(path: "\(kind)/\(target.name)")
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .sorted { $0.path < $1.path }
    }

    @Test("whatever was found once holds now, and every seed", arguments: FuzzTarget.all)
    func replay(_ target: FuzzTarget) throws {
        let seeds = try Self.inputs("corpus", of: target)
        #expect(!seeds.isEmpty, "a target begins with seeds in Fuzz/corpus/\(target.name)")
        for input in try seeds + Self.inputs("regressions", of: target) {
            let bytes = try Array(Data(contentsOf: input))
            #expect(throws: Never.self, "\(target.name)/\(input.lastPathComponent)") { try target.run(bytes) }
        }
    }

    @Test("every folder of seeds and of findings belongs to a target", arguments: ["corpus", "regressions"])
    func folders(_ kind: String) throws {
        let folder = Self.folder.appending(path: kind)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        #expect(Set(names.filter { !$0.hasPrefix(".") }).isSubset(of: FuzzTarget.all.map(\.name)))
    }

    @Test("a target throws what does not hold")
    func finding() {
        let target = FuzzTarget("never") { try holds($0.isEmpty, "\($0.count) bytes") }
        #expect(throws: FuzzFinding.self) { try target.run([1]) }
        #expect(throws: Never.self) { try target.run([]) }
    }
}

extension FuzzTarget: CustomTestStringConvertible {
    var testDescription: String { name }
}
