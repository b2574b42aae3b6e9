/// Finds what somebody probably meant.
///
///     Suggestion.nearest(to: "prot", among: ["host", "port"])    // "port"
package enum Suggestion {
    /// The nearest of some names; nil when none is near.
    package static func nearest(to word: String, among names: some Sequence<String>) -> String? {
        let folded = Array(word.lowercased().utf8)
        let farthest = max(1, folded.count / 3)
        var best: (name: String, distance: Int)?
        // Words of too different a length are not near, and most of a long list are that: it is cheap to ask for nonsense.
        for name in names where abs(name.utf8.count - folded.count) <= farthest {
            let distance = distance(folded, Array(name.lowercased().utf8))
            if distance <= farthest, distance < best?.distance ?? .max { best = (name, distance) }
        }
        return best?.name
    }

    /// Insertions, deletions, replacements and swaps of neighbours between two words.
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        guard !one.isEmpty, !other.isEmpty, one.count <= 64, other.count <= 64 else {
            return max(one.count, other.count)
        }
        var rows = [Array(0...other.count)]
        for i in 1...one.count {
            var row = [i]
            for j in 1...other.count {
                let same = one[i - 1] == other[j - 1]
                var best = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (same ? 0 : 1))
                if i > 1, j > 1, one[i - 1] == other[j - 2], one[i - 2] == other[j - 1] {
                    best = min(best, rows[i - 2][j - 2] + 1)
                }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[one.count][other.count]
    }
}
