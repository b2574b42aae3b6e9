import Aurelis
import Testing

@testable import AurelisProviders

@Suite("Prices")
struct TokenPriceTests {
    @Test(
        "dollars a million become picodollars a token, to the last digit",
        arguments: [
            ("0", 0), ("0.15", 150_000), ("0.075", 75_000), ("2.5", 2_500_000), ("10", 10_000_000), ("0.000001", 1),
            ("1.10", 1_100_000), ("007", 7_000_000), ("9999999999.999999", 9_999_999_999_999_999),
        ]
    )
    func exact(_ text: String, _ picodollars: Int64) {
        #expect(TokenPrice.picodollars(perMillionTokens: text) == picodollars)
    }

    @Test(
        "what is no price",
        arguments: [
            "", ".5", "1.", ".", "-1", "+1", "1e2", "1,5", " 1", "1 ", "0.0000001", "1.2.3", "10000000000", "NaN", "٣",
        ]
    )
    func refused(_ text: String) {
        #expect(TokenPrice.picodollars(perMillionTokens: text) == nil)
    }

    @Test("every number of decimals comes back as it was written")
    func roundTrip() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            let picodollars = Int64.random(in: 0..<10_000_000_000, using: &generator)
            let decimals = String(picodollars % 1_000_000)
            let zeros = String(repeating: "0", count: 6 - decimals.count)
            let text = "\(picodollars / 1_000_000).\(zeros)\(decimals)"
            #expect(TokenPrice.picodollars(perMillionTokens: text) == picodollars)
        }
    }
}
