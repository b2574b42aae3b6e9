/// What the files of a log are called: `audit-00000001.jsonl`, in the order in which they were written.
package enum AuditFileName {
    /// The name of a file.
    package static func name(_ number: Int) -> String {
        let digits = String(number)
        return "audit-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".jsonl"
    }

    /// No log has more files; whoever can write to its directory can name one by any number.
    package static let numbers = 1...999_999_999

    /// The number of a file; nil for what is no file of the log.
    package static func number(_ name: String) -> Int? {
        guard name.hasPrefix("audit-"), name.hasSuffix(".jsonl") else { return nil }
        guard let number = Int(name.dropFirst(6).dropLast(6)), numbers.contains(number) else { return nil }
        return Self.name(number) == name ? number : nil
    }

    /// Where the beginning of a line is kept that a dying process left behind.
    package static func torn(_ number: Int) -> String { name(number) + ".torn" }
}
