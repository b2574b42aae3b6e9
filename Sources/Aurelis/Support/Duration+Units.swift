extension Duration {
    /// For people: `250 ms`, `2 s`, `3 min`, `5 h`; whole units, rounded up.
    package var briefly: String {
        let milliseconds = milliseconds
        return switch milliseconds {
        case ..<1_000: "\(max(0, milliseconds)) ms"
        case ..<120_000: "\((milliseconds + 999) / 1_000) s"
        case ..<7_200_000: "\((milliseconds + 59_999) / 60_000) min"
        default: "\((milliseconds + 3_599_999) / 3_600_000) h"
        }
    }

    /// Whole milliseconds, rounded down.
    package var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }

    /// Whole microseconds, rounded down.
    package var microseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }

    /// Seconds with their fraction.
    package var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
