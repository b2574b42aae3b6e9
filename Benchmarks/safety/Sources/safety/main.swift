import Aurelis
import AurelisJSON
import Foundation

// What it costs to look for credentials in a request: microseconds for each KB of its body.
//
//     swift run -c release --package-path Benchmarks/safety safety README.md Benchmarks/run.py Package.resolved
//
// Each file becomes a conversation of messages of 3 KB, all together another one. The best of many rounds counts: it is
// the one that nothing else on the machine has disturbed.

let messageSize = 3_000
let rounds = 200

func body(of texts: [[UInt8]]) -> [UInt8] {
    var messages: [JSONFragment] = []
    for text in texts {
        for start in stride(from: 0, to: min(text.count, 60_000), by: messageSize) {
            let piece = String(decoding: text[start..<min(start + messageSize, text.count)], as: UTF8.self)
            let role = messages.count % 2 == 0 ? "user" : "assistant"
            messages.append(.object([("role", .string(role)), ("content", .string(piece))]))
        }
    }
    return JSONFragment.object([("model", .string("gpt-4o")), ("messages", .array(messages))]).bytes
}

func measure(_ name: String, _ body: [UInt8]) {
    let detector = SecretDetector()
    var best = Double.infinity
    var found = 0
    let repeats = max(1, 200_000 / body.count)
    for _ in 0..<rounds {
        let start = ContinuousClock.now
        for _ in 0..<repeats { found += body.withUnsafeBufferPointer { detector.findings(inEscaped: $0).count } }
        best = min(best, start.duration(to: .now) / .microseconds(1) * 1_024 / Double(repeats * body.count))
    }
    let number = String(format: "%.2f", best)
    print("\(name): \(body.count) bytes, \(number) us/KB, \(found / (rounds * repeats)) findings")
}

let paths = CommandLine.arguments.dropFirst()
guard !paths.isEmpty else {
    print("usage: safety FILE ...")
    exit(2)
}
let texts = try paths.map { Array(try Data(contentsOf: URL(fileURLWithPath: $0))) }
for (path, text) in zip(paths, texts) { measure(path, body(of: [text])) }
measure("all together", body(of: texts))
