internal import Aurelis

/// Which file is written to: the newest one, or one that is begun behind it.
extension AuditPen {
    /// Finds the end of the chain, and begins a new file when it is time for one.
    mutating func position(at now: Int64, _ outcome: inout Outcome) throws(AuditFileError) {
        let isFirst = known == nil
        if let page, FileIdentity(path: page.file.path) == page.file.identity, try page.file.size() == page.size {
            // Nobody else has written, and nobody has begun another file.
            if FileIdentity(path: directory.path(of: page.number + 1)) != nil { try open(at: now, &outcome) }
        } else {
            try open(at: now, &outcome)
        }
        let day = Self.day(now)
        if let page {
            let isFull = page.size >= settings.fileSize || (settings.isDaily && page.day < day)
            // Another key than the first is gone on with: its process may not know ours.
            let current = try keys().current
            if isFull || (isFirst && page.key.id != current.id) {
                try begin(page.number + 1, after: page.chain, at: now)
                outcome.hasRotated = true
            }
        }
        if isFirst || outcome.hasRotated { try retain(at: now) }
    }

    /// Opens the newest file, or begins one.
    private mutating func open(at now: Int64, _ outcome: inout Outcome) throws(AuditFileError) {
        page = nil
        var numbers = try directory.files()
        while let number = numbers.popLast() {
            let file = try SystemFile(directory.path(of: number), .appending)
            let tail = try AuditTail(of: file)
            if !tail.rest.isEmpty { try setApart(tail, of: file, number, &outcome) }
            guard tail.hasLines else {
                // A process died when it had just made it.
                try remove(file.path)
                continue
            }
            return try goOn(with: file, number, tail, at: now, &outcome)
        }
        if let known {
            damaged(known.file, "it is gone, and so are all before it", &outcome)
            return try begin(known.file + 1, after: known.chain, at: now)
        }
        try begin(1, after: .beginning, at: now)
    }

    private mutating func goOn(
        with file: SystemFile,
        _ number: Int,
        _ tail: AuditTail,
        at now: Int64,
        _ outcome: inout Outcome
    ) throws(AuditFileError) {
        if let known, number < known.file || (number == known.file && tail.wholeSize < known.size) {
            damaged(known.file, "it is shorter than it was", &outcome)
            return try begin(max(number, known.file) + 1, after: known.chain, at: now)
        }
        guard let head = tail.head, head.file == number else {
            damaged(number, "its first line is none of an audit log", &outcome)
            return try begin(number + 1, after: tail.claimed ?? known?.chain ?? .beginning, at: now)
        }
        guard let key = try keys()[head.key] else {
            unknown(head.key, of: number, &outcome)
            return try begin(number + 1, after: tail.claimed ?? .beginning, at: now)
        }
        guard let chain = tail.chain(key) else {
            damaged(number, "its last line is not what was written", &outcome)
            return try begin(number + 1, after: tail.claimed ?? known?.chain ?? .beginning, at: now)
        }
        let day = String(head.time.prefix(10))
        remember(Page(file: file, number: number, size: tail.wholeSize, chain: chain, key: key, day: day))
    }

    private mutating func begin(_ number: Int, after chain: AuditChain, at now: Int64) throws(AuditFileError) {
        if settings.sync != .never { try page?.file.sync() }
        let key = try keys().current
        let path = directory.path(of: number)
        let file = try SystemFile(path, .new)
        let head = AuditHead(
            file: number,
            key: key.id,
            previous: chain.code,
            sequence: chain.sequence + 1,
            time: TimeStamp(milliseconds: now).description
        )
        var lines = AuditPage(after: chain)
        lines.add(head.body, key)
        let (_, error) = file.append(lines.bytes, write)
        if let error {
            try? remove(path)
            throw error
        }
        if settings.sync != .never { SystemFile.sync(directory: directory.path) }
        remember(
            Page(
                file: file,
                number: number,
                size: lines.bytes.count,
                chain: lines.chain,
                key: key,
                day: Self.day(now)
            )
        )
    }

    /// A file whose key is not here: another process may have its own, or somebody has lost the key, or taken it away.
    private mutating func unknown(_ key: String, of file: Int, _ outcome: inout Outcome) {
        guard unknownKeys.insert(key).inserted else { return }
        notices.append(.unknownKey(file: file, key: key))
        outcome.alarms.append(
            "\(directory.path(of: file)) was sealed with the key \(key), which is not here: if it was lost, nothing can be "
                + "proven of what it sealed until it is put back behind the new one, after a comma"
        )
    }

    private mutating func damaged(_ file: Int, _ reason: String, _ outcome: inout Outcome) {
        let notice = AuditNotice.damaged(file: file, reason: reason)
        // Found again by the next try, when this one comes to nothing.
        guard !notices.contains(notice) else { return }
        notices.append(notice)
        outcome.alarms.append("\(directory.path(of: file)) was changed by somebody else: \(reason)")
    }

    private static func day(_ milliseconds: Int64) -> String {
        String(TimeStamp(milliseconds: milliseconds).description.prefix(10))
    }
}
