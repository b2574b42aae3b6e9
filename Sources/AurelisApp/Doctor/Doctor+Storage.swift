internal import Aurelis
internal import AurelisStorage
internal import Foundation

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

extension Doctor {
    /// With less room than this on the disk something should be done…
    private static let lowSpace: Int64 = 500 << 20
    /// …and with less than this it does not work any more.
    private static let noSpace: Int64 = 20 << 20
    /// How long a disk may take to the cheap questions, and to read through one file.
    private static let diskPatience: Duration = .seconds(3)
    private static let readingPatience: Duration = .seconds(6)

    /// Whether the data directory is there, private, writable, roomy and whole.
    func storageFindings() async -> [DoctorFinding] {
        let name = "data directory"
        let path = configuration.dataDirectory
        guard !path.isEmpty else { return [.init(name, .skipped, "none is configured")] }
        let attributes = await Blocking.value(within: Self.diskPatience) { Self.attributes(of: path) }
        guard let attributes else {
            let advice = "whatever it is mounted from hangs; choose another with --data-dir"
            return [.init(name, .fail, "\(path) does not answer within 3 s", advice: advice)]
        }
        guard attributes.isUsable else { return attributes.findings }
        async let files = fileFindings(in: path)
        async let locks = lockFindings(in: path)
        return await attributes.findings + files + locks
    }

    /// - Returns: what is wrong with the directory itself, and whether there is any use in looking into it.
    private static func attributes(of path: String) -> (findings: [DoctorFinding], isUsable: Bool) {
        let name = "data directory"
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            return (absent(path), false)
        }
        guard isDirectory.boolValue else {
            return ([.init(name, .fail, "\(path) is not a directory", advice: "name another with --data-dir")], false)
        }
        if let owner = FileLookup.owner(of: path), owner != geteuid() {
            let advice = "run as its user, or chown -R \(geteuid()) \(path)"
            return (
                [.init(name, .fail, "\(path) belongs to user \(owner), not to \(geteuid())", advice: advice)], false
            )
        }
        let look = DirectoryLook.storage(path)
        if let failure = look.failure {
            return ([.init(name, .fail, failure, advice: "chmod u+rwx \(path), or mount its disk for writing")], false)
        }
        var findings: [DoctorFinding] = []
        if let mode = FileLookup.mode(of: path), mode & 0o077 != 0 {
            findings.append(
                .init(
                    name,
                    .fail,
                    "\(path) is open to others (mode \(FileLookup.text(mode)))",
                    advice: "chmod 700 \(path)"
                )
            )
        }
        let open = FileLookup.openFiles(in: path)
        if !open.isEmpty {
            let names = open.prefix(3).joined(separator: ", ") + (open.count > 3 ? " and \(open.count - 3) more" : "")
            findings.append(
                .init(name, .fail, "others may read \(names) in \(path)", advice: "chmod go= \(path)/*")
            )
        }
        let space = look.free.map { ", \(Measure.bytes($0)) free" } ?? ""
        if let free = look.free, free < lowSpace {
            let advice = "make room: `aurelis cache clear` frees what answers take"
            findings.append(
                .init(
                    name,
                    free < noSpace ? .fail : .warn,
                    "only \(Measure.bytes(free)) are free at \(path)",
                    advice: advice
                )
            )
        }
        if findings.isEmpty { findings.append(.init(name, .ok, "\(path): private and writable\(space)")) }
        return (findings, true)
    }

    private static func absent(_ path: String) -> [DoctorFinding] {
        let name = "data directory"
        guard access(path, F_OK) == 0 || errno != EACCES else {
            let advice = "run as the user whose it is, or choose another with --data-dir"
            return [.init(name, .fail, "this user may not see whether \(path) is there", advice: advice)]
        }
        var parent = (path as NSString).deletingLastPathComponent
        while !parent.isEmpty, parent != "/", !FileManager.default.fileExists(atPath: parent) {
            parent = (parent as NSString).deletingLastPathComponent
        }
        guard parent.isEmpty || access(parent, W_OK | X_OK) == 0 else {
            let advice = "choose another with --data-dir"
            return [.init(name, .fail, "\(path) cannot be made: \(parent) cannot be written", advice: advice)]
        }
        return [.init(name, .ok, "\(path) is not there yet, and is made when it is needed")]
    }

    private func fileFindings(in path: String) async -> [DoctorFinding] {
        let name = "data directory"
        let files = await Blocking.value(within: Self.diskPatience) {
            (DatabaseCheck.files(in: path), DatabaseCheck.damagedFiles(in: path))
        }
        guard let (files, damaged) = files else { return [.init(name, .fail, "\(path) cannot be listed within 3 s")] }
        var findings = await Self.each(files) { file in await Self.check(path + "/" + file) }
        if !files.isEmpty, findings.isEmpty {
            findings.append(.init(name, .ok, "\(files.count) database files, all whole"))
        }
        if let latest = damaged.last {
            let advice = "look at what the disk has done to it, and remove it"
            findings.append(.init(name, .warn, "\(path)/\(latest) was damaged, and moved aside", advice: advice))
        }
        return findings
    }

    /// - Returns: what is wrong with a file; nothing when it is whole.
    private static func check(_ path: String) async -> [DoctorFinding] {
        let name = "data directory"
        let answer = await Blocking.value(within: readingPatience) { [DatabaseCheck.problem(in: path)] }
        switch answer?.first {
        case .some(.some(.unreadable(let reason))):
            let advice = "see to the disk and its rights; the file may be whole"
            return [.init(name, .fail, "\(path) cannot be read: \(HealthText.line(reason))", advice: advice)]
        case .some(.some(.damaged(let problem))):
            let advice = "stop every aurelis of this directory, and move the file away; what it held is begun afresh"
            return [.init(name, .fail, "\(path) is damaged: \(HealthText.line(problem))", advice: advice)]
        case .some(.none): return []
        case .none:
            return [.init(name, .warn, "\(path) could not be read to its end within 6 s: not known to be whole")]
        }
    }

    private func lockFindings(in path: String) async -> [DoctorFinding] {
        let name = "data directory"
        let held = await Blocking.value(within: Self.readingPatience) {
            DatabaseCheck.heldLocks(in: path, patience: .milliseconds(500))
        }
        guard let held else { return [.init(name, .warn, "the locks of \(path) do not answer within 6 s")] }
        return held.map { lock in
            .init(
                name,
                .fail,
                "another process has had \(lock) for half a second, and keeps everybody waiting",
                advice: "find it with `fuser \(lock)`; one that hangs must be ended"
            )
        }
    }
}

/// Sizes for people.
enum Measure {
    /// `512 MB`, `1.5 GB`.
    static func bytes(_ count: Int64) -> String {
        guard count >= 1 << 30 else { return "\(count >> 20) MB" }
        let tenths = count / ((1 << 30) / 10)
        return "\(tenths / 10).\(tenths % 10) GB"
    }
}
