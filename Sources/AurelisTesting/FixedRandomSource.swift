public import Aurelis

/// Chance that a test has decided: 0.5 leaves a jittered wait as it is.
public struct FixedRandomSource: RandomSource {
    private let unit: Double

    /// Always the same number in 0 ..< 1.
    public init(_ unit: Double = 0.5) { self.unit = unit }

    /// The fixed number.
    public func nextUnit() -> Double { unit }
}
