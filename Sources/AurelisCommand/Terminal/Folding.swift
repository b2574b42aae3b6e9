extension String {
    /// The text in lines of at most `width` columns, broken at spaces where there are any.
    func folded(to width: Int) -> [String] {
        guard width > 0, displayWidth > width else { return [self] }
        var lines: [String] = []
        var current = ""
        var used = 0
        for word in split(separator: " ") {
            let needed = word.displayWidth
            if used > 0, used + 1 + needed <= width {
                current += " " + word
                used += 1 + needed
                continue
            }
            if used > 0 { lines.append(current) }
            (current, used) = ("", 0)
            for character in word {
                let columns = character.displayWidth
                if used + columns > width, used > 0 {
                    lines.append(current)
                    (current, used) = ("", 0)
                }
                current.append(character)
                used += columns
            }
        }
        if used > 0 || lines.isEmpty { lines.append(current) }
        return lines
    }
}
