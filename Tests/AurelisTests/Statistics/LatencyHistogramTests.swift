import AurelisTesting
import Testing

@testable import Aurelis

@Suite("The histogram of times")
struct LatencyHistogramTests {
    @Test("without a time there is no percentile")
    func empty() {
        #expect(LatencyHistogram().percentile(0.5) == nil)
    }

    @Test("what lies outside counts in the first or the last class")
    func outside() throws {
        var histogram = LatencyHistogram()
        histogram.add(microseconds: -5)
        histogram.add(microseconds: 0)
        #expect(try #require(histogram.percentile(1)) < .microseconds(80))
        histogram.add(microseconds: .max)
        #expect(histogram.count == 3)
        let last = try #require(histogram.percentile(1))
        #expect(last > .seconds(200) && last < .seconds(300))
    }

    @Test("a percentile is right within the width of a class, whatever the times", arguments: 0..<20)
    func accuracy(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var histogram = LatencyHistogram()
        let scale = Int64.random(in: 100...20_000_000, using: &random)
        let times = (0..<Int.random(in: 1...400, using: &random)).map { _ in
            Int64.random(in: 64...64 + scale, using: &random)
        }
        for time in times { histogram.add(microseconds: time) }
        let sorted = times.sorted()
        for share in [0.01, 0.5, 0.95, 1] {
            let exact = Double(sorted[max(0, Int((share * Double(times.count)).rounded(.up)) - 1)])
            let found = Double(try #require(histogram.percentile(share)).microseconds)
            #expect(abs(found - exact) <= exact / 4, "\(share): \(found) instead of \(exact)")
        }
    }
}
