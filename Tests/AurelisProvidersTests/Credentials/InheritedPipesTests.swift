import Aurelis
import Foundation
import Synchronization
import Testing

@testable import AurelisProviders

@Suite("Pipes and the programs that are run")
struct InheritedPipesTests {
    private static let descriptors = "/proc/self/fd"

    @Test(
        "a program that is started while pipes are made inherits none of them",
        .enabled(if: FileManager.default.fileExists(atPath: descriptors))
    )
    func inherited() throws {
        let made = Mutex<Set<String>>([])
        let isOver = Mutex(false)
        let maker = DispatchQueue(label: "pipes")
        maker.async {
            while !isOver.withLock(\.self), made.withLock({ $0.count < 1_000_000 }) {
                guard let ends = PipeEnds() else { continue }
                var facts = stat()
                if fstat(ends.reading, &facts) == 0 { made.withLock { _ = $0.insert("pipe:[\(facts.st_ino)]") } }
                close(ends.reading)
                close(ends.writing)
            }
        }
        var seen: Set<String> = []
        for _ in 0..<40 {
            let outcome = ChildProcess.run(
                "/bin/sh",
                arguments: ["-c", "ls -l \(Self.descriptors) | grep -o 'pipe:.*'"],
                environment: ["PATH": "/usr/bin:/bin"],
                timeLimit: .seconds(60)
            )
            guard case .finished(0, let output, _) = outcome else {
                Issue.record("\(outcome)")
                break
            }
            let text = output.withBytes { String(decoding: $0, as: UTF8.self) }
            seen.formUnion(text.split(separator: "\n").map(String.init))
        }
        #expect(!seen.isEmpty && seen.allSatisfy { $0.hasPrefix("pipe:[") })
        isOver.withLock { $0 = true }
        maker.sync {}
        let inherited = made.withLock(\.self).intersection(seen)
        #expect(inherited.isEmpty)
    }

    @Test("both ends of a pipe are closed in whatever is run")
    func flags() throws {
        let ends = try #require(PipeEnds())
        defer { for end in [ends.reading, ends.writing] { close(end) } }
        for end in [ends.reading, ends.writing] { #expect(fcntl(end, F_GETFD) & FD_CLOEXEC != 0) }
    }
}
