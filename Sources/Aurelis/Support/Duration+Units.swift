extension Duration {
    /// For people: `250 ms`, `2 s`, `3 min`, `5 h 12 min`; whole units, up to an hour rounded up.
    package var briefly: String {
        let milliseconds = milliseconds
        return switch milliseconds {
        case ..<1_000: "\(max(0, milliseconds)) ms"
        case ..<120_000: "\((milliseconds + 999) / 1_000) s"
        case ..<3_540_001: "\((milliseconds + 59_999) / 60_000) min"
        default: Self.hours(minutes: max(60, (milliseconds + 30_000) / 60_000))
        }
    }

    private static func hours(minutes: Int64) -> String {
        minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
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
