internal import Aurelis

/// Writes lines behind the last one of a directory's chain, whoever wrote that: one process at a time, by a lock.
///
/// Everything here waits for the disk, and is called where that holds nobody up.
struct AuditPen: Sendable {
    let directory: AuditDirectory
    let settings: AuditSettings
    let rules: AuditRules
    var write: SystemFile.Write = SystemFile.write

    /// The file that is written to, and where its chain stood when this process last looked.
    var page: Page?
    /// How much was ever known to be there: whatever has less was cut.
    var known: (file: Int, size: Int, chain: AuditChain)?
    /// Where the keys are, and the keys once they were needed.
    private let findKeys: @Sendable () throws -> AuditKeyRing
    private var foundKeys: AuditKeyRing?
    /// The names of keys that are not here, each of which is told of once.
    var unknownKeys: Set<String> = []
    /// What is to be said before anything else.
    var notices: [AuditNotice] = []

    struct Page {
        var file: SystemFile
        var number: Int
        var size: Int
        var chain: AuditChain
        var key: AuditKey
        /// The day on which it was begun, such as `2026-11-28`.
        var day: String
    }

    /// What came of writing.
    struct Outcome {
        /// How many of the entries are in the file.
        var written = 0
        /// Why not all.
        var error: AuditFileError?
        /// Where the chain stands.
        var anchor: AuditAnchor?
        /// Whether a new file was begun.
        var hasRotated = false
        /// What must be told to somebody at once.
        var alarms: [String] = []
    }

    init(
        directory: AuditDirectory,
        keys: @escaping @Sendable () throws -> AuditKeyRing,
        settings: AuditSettings,
        rules: AuditRules
    ) {
        self.directory = directory
        findKeys = keys
        self.settings = settings
        self.rules = rules
    }

    /// Writes entries, all or as many as there is room for.
    ///
    /// - Parameter now: milliseconds since 1970-01-01 UTC.
    mutating func write(_ entries: ArraySlice<AuditEntry>, at now: Int64) -> Outcome {
        var outcome = Outcome()
        do throws(AuditFileError) {
            try directory.prepare()
            let lock = try WaitedFileLock(directory.lock)
            defer { withExtendedLifetime(lock) {} }
            try position(at: now, &outcome)
            try append(notices.map { .notice($0, time: now) }[...])
            notices = []
            try append(entries, &outcome.written)
            if settings.sync == .always { try sync() }
        } catch {
            outcome.error = error
            // The next try looks at the file anew.
            page = nil
        }
        outcome.anchor = known.map { known in
            AuditAnchor(
                time: TimeStamp(milliseconds: now).description,
                file: known.file,
                sequence: known.chain.sequence,
                key: page?.key.id ?? "",
                code: known.chain.code
            )
        }
        return outcome
    }

    /// Makes what was written safe from a power cut.
    mutating func sync() throws(AuditFileError) {
        do { try page?.file.sync() } catch {
            page = nil
            throw error
        }
    }

    /// The keys.
    mutating func keys() throws(AuditFileError) -> AuditKeyRing {
        if let foundKeys { return foundKeys }
        do {
            let keys = try findKeys()
            foundKeys = keys
            return keys
        } catch {
            throw AuditFileError("the key", "cannot be had: \(error)")
        }
    }

    // MARK: - One file

    mutating func append(_ entries: ArraySlice<AuditEntry>) throws(AuditFileError) {
        var count = 0
        try append(entries, &count)
    }

    mutating func append(_ entries: ArraySlice<AuditEntry>, _ count: inout Int) throws(AuditFileError) {
        guard var page, !entries.isEmpty else { return }
        var lines = AuditPage(after: page.chain)
        // An entry may be two lines; half of one is none.
        var ends: [Int] = []
        for entry in entries {
            lines.add(entry, rules, page.key)
            ends.append(lines.bytes.count)
        }
        let (written, error) = page.file.append(lines.bytes, write)
        guard let error else {
            page.size += written
            page.chain = lines.chain
            count += entries.count
            remember(page)
            return
        }
        do { try page.file.truncate(to: page.size) } catch {
            // It stays: what of it is whole is written, and the rest is set apart by whoever opens the file next.
            count += ends.count { $0 <= written }
        }
        throw error
    }

    mutating func remember(_ page: Page) {
        self.page = page
        known = (page.number, page.size, page.chain)
    }
}
