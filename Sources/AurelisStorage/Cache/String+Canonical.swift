internal import Foundation

extension String {
    /// The spelling that equal strings have in common: SQLite compares bytes, Swift compares characters.
    var canonical: String {
        utf8.allSatisfy { $0 < 0x80 } ? self : precomposedStringWithCanonicalMapping
    }
}
