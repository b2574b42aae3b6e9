import Aurelis
import AurelisTesting
import Synchronization
import Testing

@testable import AurelisCommand

@Suite("batch: what is seen of its progress")
struct BatchDisplayTests {
    private final class Screen: Sendable {
        private let texts = Mutex<[String]>([])
        var lines: [String] { texts.withLock(\.self) }
        func write(_ text: String) { texts.withLock { $0.append(text) } }
    }

    private static func progress(_ answered: Int) -> BatchProgress {
        var progress = BatchProgress(total: 45)
        progress.answered = answered
        return progress
    }

    @Test("what comes too fast to be drawn is drawn a moment later, and nothing after the end")
    func catchesUp() async {
        let (time, screen) = (ManualTimeSource(), Screen())
        let output = TextOutput(descriptor: -1, color: false, isTerminal: true)
        let meter = BatchMeter(output, at: time.now, isDumb: false)
        let display = BatchDisplay(meter, BatchOutlook(), time: time) { screen.write($0) }
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await display.run() }
            for answered in 0...15 { display.show(Self.progress(answered)) }
            #expect(screen.lines.count == 1 && screen.lines[0].contains(" 0/45"))
            await time.sleepers(atLeast: 1)
            time.advance(by: .milliseconds(500))
            await time.sleepers(atLeast: 1)
            #expect(screen.lines.count == 2 && screen.lines[1].contains(" 15/45"))
            display.end()
            let count = screen.lines.count
            time.advance(by: .milliseconds(500))
            await time.sleepers(atLeast: 1)
            #expect(screen.lines.count == count && count == 3)
            tasks.cancelAll()
        }
    }
}
