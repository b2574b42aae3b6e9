/// Where Aurelis takes chance from (jitter), so that a test can repeat it.
public protocol RandomSource: Sendable {
    /// A number in 0 ..< 1.
    func nextUnit() -> Double
}

/// The system's generator.
public struct SystemRandomSource: RandomSource {
    /// The system's generator.
    public init() {}

    /// A number in 0 ..< 1.
    public func nextUnit() -> Double { Double.random(in: 0..<1) }
}
