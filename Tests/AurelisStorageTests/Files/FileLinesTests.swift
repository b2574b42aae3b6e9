import Aurelis
import AurelisTesting
import Foundation
import Testing

@testable import AurelisStorage

@Suite("Lines of a batch's input", .timeLimit(.minutes(1)))
struct FileLinesTests {
    /// Of every kind: short ones, empty ones, ones that are longer than what is read at once.
    private static func text(seed: UInt64) -> String {
        var random = SplitMix64(seed: seed)
        var lines: [String] = []
        for number in 0..<Int.random(in: 1...3_000, using: &random) {
            let length =
                switch Int.random(in: 0..<500, using: &random) {
                case 0: Int.random(in: 100_000...700_000, using: &random)
                case 1..<100: 0
                default: Int.random(in: 1...40, using: &random)
                }
            lines.append(length == 0 ? "" : "\(number) " + String(repeating: "x", count: length))
        }
        return lines.joined(separator: "\n")
    }

    @Test("they come as they stand in the file, and are counted without being held", arguments: 0..<8 as Range<UInt64>)
    func lines(seed: UInt64) async throws {
        try await FileHarness.with { harness async throws in
            let text = Self.text(seed: seed)
            let store = harness.store()
            let file = try await store.add(text)
            var splitter = LineSplitter(limit: 20 << 20)
            splitter.append(Array(text.utf8))
            splitter.finish()
            let lines = try await store.lines(of: file.id)
            var count = 0
            while let expected = splitter.next() {
                let line = try await lines.next()
                #expect(line == expected)
                count += 1
            }
            for _ in 0..<2 { #expect(try await lines.next() == nil) }
            let counted = try await store.lines(of: file.id)
            var sum = 0
            while let more = try await counted.countNext(atMost: .max) { sum += more }
            #expect(sum == count)
            let bounded = try await store.lines(of: file.id)
            #expect(try await bounded.countNext(atMost: 1) == min(count, 1))
        }
    }

    @Test("an input of empty lines has none", arguments: ["", "\n", String(repeating: " \n", count: 300_000)])
    func empty(text: String) async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store()
            let file = try await store.add(text)
            let lines = try await store.lines(of: file.id)
            #expect(try await lines.next() == nil)
            let counted = try await store.lines(of: file.id)
            var sum = 0
            while let more = try await counted.countNext(atMost: .max) { sum += more }
            #expect(sum == 0)
        }
    }

    @Test("a disk that does not answer is no fault of the input, and holds nobody up for longer than callers wait")
    func hanging() async throws {
        try await FileHarness.with { harness async throws in
            let file = try await harness.store().add("{}")
            let path = "\(harness.directory)/files/\(file.id)"
            // Whoever opens it waits until somebody writes: as a disk that hangs, and can be let go.
            #expect(unlink(path) == 0 && mkfifo(path, 0o600) == 0)
            defer { close(open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)) }
            let store = DatabaseFileStore(
                directory: harness.directory,
                patience: .milliseconds(20),
                logger: harness.log.logger
            )
            let error = await #expect(throws: BatchError.self) { try await store.lines(of: file.id) }
            #expect(error?.code == .disk)
        }
    }
}
