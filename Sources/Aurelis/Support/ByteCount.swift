/// Sizes for people.
package enum ByteCount {
    /// `512 B`, `3.4 KB`, `12 MB`
    package static func text(_ bytes: Int) -> String {
        let units = ["KB", "MB", "GB", "TB"]
        guard bytes >= 1_024 else { return "\(bytes) B" }
        var amount = Double(bytes) / 1_024
        var unit = 0
        while amount >= 1_024, unit + 1 < units.count {
            amount /= 1_024
            unit += 1
        }
        let digits = amount < 10 ? "\((amount * 10).rounded() / 10)" : "\(Int(amount.rounded()))"
        return "\(digits) \(units[unit])"
    }

    /// `512 bytes`, `209715200 bytes (200 MB)`: for a limit, which two sizes that read alike may lie on both sides of.
    package static func exact(_ bytes: Int) -> String {
        bytes < 1_024 ? "\(bytes) bytes" : "\(bytes) bytes (\(text(bytes)))"
    }
}
