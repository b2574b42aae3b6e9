import Aurelis
import AurelisJSON
import AurelisTesting
import Foundation
import Testing

@Suite("Generated records of requests")
struct RequestRecordSequenceTests {
    @Test("a generated record survives its JSON, odd characters and all", arguments: UInt64(1)...8)
    func roundTrip(seed: UInt64) throws {
        var generator = RecordGenerator(random: SplitMix64(seed: seed))
        for _ in 0..<100 {
            let record = generator.record()
            #expect(RequestRecord(reading: try JSONDocument(record.json).root) == record)
        }
    }

    @Test(
        "a record says its time in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (1_700_000_000_123, "2023-11-14T22:13:20.123Z"), (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        ] as [(Int64, String)]
    )
    func time(milliseconds: Int64, text: String) throws {
        #expect(try written(milliseconds) == text)
    }

    @Test("the time agrees with Foundation's calendar", arguments: UInt64(1)...4)
    func times(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<250 {
            // Whole seconds: Foundation's have a binary fraction.
            let seconds = Int64.random(in: 0...32_503_680_000, using: &random)
            let expected = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
            #expect(try written(seconds * 1_000) == expected.dropLast() + ".000Z")
        }
    }

    @Test("no time is too far away to be written", arguments: [Int64.min, .max])
    func extremes(milliseconds: Int64) throws {
        #expect(try written(milliseconds).hasSuffix("Z"))
    }

    private func written(_ milliseconds: Int64) throws -> String {
        var generator = RecordGenerator(random: SplitMix64(seed: 1))
        var record = generator.record()
        record.time = milliseconds
        return try #require(JSONDocument(record.json).root["time"]?.string)
    }

    @Test("the ring agrees with a list that forgets", arguments: UInt64(1)...8)
    func ring(seed: UInt64) {
        var generator = RecordGenerator(random: SplitMix64(seed: seed))
        for capacity in [1, 2, 3, 7] {
            let ring = RecentRequests(capacity: capacity)
            var list: [RequestRecord] = []
            for _ in 0..<(capacity * 3 + 1) {
                let record = generator.record()
                ring.record(record)
                list.append(record)
                let expected = Array(list.suffix(capacity).reversed())
                for limit in [-1, 0, 1, capacity, capacity + 1, .max] {
                    #expect(ring.latest(limit) == Array(expected.prefix(max(0, limit))))
                }
                for known in list { #expect(ring.find(known.id) == (expected.contains(known) ? known : nil)) }
            }
        }
    }
}

/// Makes records of every shape.
private struct RecordGenerator {
    var random: SplitMix64

    mutating func record() -> RequestRecord {
        var trace = RouteTrace()
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            trace.candidates.append(
                .init(model: model(), provider: maybe { .init(rawValue: $0.text()) }, rejection: maybe { $0.text() })
            )
        }
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            var attempt = RouteTrace.Attempt(
                model: model(),
                provider: .init(rawValue: text()),
                purpose: RouteTrace.Attempt.Purpose.allCases.randomElement(using: &random)!,
                failure: maybe { _ in .rateLimit },
                reason: maybe { $0.text() },
                status: maybe { Int.random(in: 100...599, using: &$0.random) },
                duration: duration()
            )
            attempt.waitAfter = maybe { $0.duration() }
            trace.attempts.append(attempt)
        }
        let outcomes: [RequestRecord.Outcome] = [.answered, .interrupted, .failed(.cancelled), .failed(.upstream)]
        return RequestRecord(
            id: .next(),
            time: Int64.random(in: 0...4_102_444_800_000, using: &random),
            operation: [.chatCompletion, .embedding].randomElement(using: &random)!,
            tenant: text(),
            task: TaskType.allCases.randomElement(using: &random)!,
            modelRequested: maybe { $0.text() },
            modelUsed: maybe { $0.text() },
            provider: maybe { $0.text() },
            stream: Bool.random(using: &random),
            outcome: outcomes.randomElement(using: &random)!,
            message: maybe { $0.text() },
            duration: duration(),
            usage: maybe { TokenUsage(prompt: $0.count(), completion: $0.count()) },
            cost: maybe { Int64($0.count()) * 1_000_000_007 },
            trace: trace
        )
    }

    private mutating func maybe<Value>(_ make: (inout Self) -> Value) -> Value? {
        Bool.random(using: &random) ? make(&self) : nil
    }

    private mutating func count() -> Int { Int.random(in: 0...1_000_000, using: &random) }

    private mutating func duration() -> Duration { .microseconds(Int64.random(in: 0...86_400_000_000, using: &random)) }

    private mutating func model() -> ModelID { ModelID(ModelID(text()).canonical) }

    private mutating func text() -> String {
        let odd: [Unicode.Scalar] = [
            "\u{0}", "\u{1}", "\u{8}", "\t", "\n", "\r", "\u{1B}", "\"", "\\", "/", "\u{7F}", "\u{85}", "\u{2028}",
            "\u{2029}", "\u{FEFF}", "\u{FFFE}", "\u{FFFF}", "\u{E000}", "\u{1F600}", "\u{10FFFF}", "\u{301}", "é", "a",
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            text.unicodeScalars.append(odd.randomElement(using: &random)!)
        }
        return text
    }
}
