/// Reads lengths of time and sizes as people write them.
enum Measures {
    /// `500ms`, `30s`, `2m`, `1h`, `7d`; a fraction is fine, a bare number is not: nobody knows its unit.
    static func duration(_ text: String) -> Duration? {
        let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)]
        guard let seconds = number(text, units: units), seconds <= 366 * 24 * 3_600 else { return nil }
        return .nanoseconds(Int64((seconds * 1_000_000_000).rounded()))
    }

    /// `64KB`, `20MB`, `1GB`, in powers of 1024; a bare number is bytes.
    static func bytes(_ text: String) -> Int? {
        if let plain = Int(text) { return plain >= 0 ? plain : nil }
        let units: [(String, Double)] = [("KB", 1_024), ("MB", 1_048_576), ("GB", 1_073_741_824), ("B", 1)]
        guard let bytes = number(text.uppercased(), units: units), bytes <= 1e15 else { return nil }
        return Int(bytes)
    }

    private static func number(_ text: String, units: [(String, Double)]) -> Double? {
        for (unit, factor) in units where text.hasSuffix(unit) {
            let digits = text.dropLast(unit.count)
            guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }) else { return nil }
            return Double(digits).map { $0 * factor }
        }
        return nil
    }

    /// As `duration` reads it.
    static func text(_ duration: Duration) -> String {
        let milliseconds = duration / .milliseconds(1)
        if milliseconds.truncatingRemainder(dividingBy: 1_000) != 0 { return "\(trimmed(milliseconds))ms" }
        let seconds = Int(milliseconds / 1_000)
        if seconds > 0, seconds % 3_600 == 0 { return "\(seconds / 3_600)h" }
        return "\(seconds)s"
    }

    /// As `bytes` reads it.
    static func text(bytes: Int) -> String {
        if bytes > 0, bytes % 1_048_576 == 0 { return "\(bytes / 1_048_576)MB" }
        if bytes > 0, bytes % 1_024 == 0 { return "\(bytes / 1_024)KB" }
        return "\(bytes)"
    }

    private static func trimmed(_ number: Double) -> String {
        number == number.rounded() ? "\(Int(number))" : "\(number)"
    }
}
