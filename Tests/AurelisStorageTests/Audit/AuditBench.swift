import Aurelis
import AurelisTesting
import Foundation
import Logging
import Synchronization

@testable import AurelisStorage

/// A log in a directory of its own, with a clock that is moved by hand and a disk that can be filled.
final class AuditBench: Sendable {
    static let start: Int64 = 1_764_324_000_000

    let directory: AuditDirectory
    let root: String
    let log = CountingLog()
    let time = ManualTimeSource()
    private let now = Mutex(AuditBench.start / 1_000)
    private let room = Mutex(Int.max)

    init() {
        root = FileManager.default.temporaryDirectory.appendingPathComponent("audit-\(UUID().uuidString)").path
        directory = AuditDirectory(dataDirectory: root)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    /// How many bytes the disk still takes.
    func setRoom(_ bytes: Int) { room.withLock { $0 = bytes } }

    func advance(_ seconds: Int64) {
        now.withLock { $0 += seconds }
        time.advance(by: .seconds(seconds))
    }

    static func key(_ byte: UInt8) throws -> AuditKey {
        guard let key = AuditKey([UInt8](repeating: byte, count: 32)) else { throw Missing() }
        return key
    }

    struct Missing: Error {}

    func open(
        keys bytes: [UInt8] = [7],
        isBrief: Bool = false,
        _ change: (inout AuditSettings) -> Void = { _ in }
    ) throws -> AuditLog {
        guard let keys = AuditKeyRing(try bytes.map(Self.key)) else { throw Missing() }
        var settings = AuditSettings()
        settings.sync = .never
        change(&settings)
        var pen = AuditPen(directory: directory, keys: { keys }, settings: settings, rules: AuditRules())
        pen.write = { [self] descriptor, bytes in
            let count = room.withLock { room in
                let count = min(room, bytes.count)
                if room != .max { room -= count }
                return count
            }
            guard count > 0 || bytes.isEmpty else {
                errno = ENOSPC
                return -1
            }
            return SystemFile.write(descriptor, UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        }
        let clock = WallClock { [self] in now.withLock(\.self) }
        return AuditLog(pen, isBrief: isBrief, time: time, clock: clock, logger: log.logger)
    }

    func entry(_ reason: String = "x") -> AuditEntry {
        .authentication(AuditAuthentication(time: Self.start, place: "gateway", reason: reason))
    }

    func verify(keys bytes: [UInt8] = [7, 8], anchors: [String] = []) throws -> AuditVerification {
        guard let keys = AuditKeyRing(try bytes.map(Self.key)) else { throw Missing() }
        let files = [(directory.anchors, false)] + anchors.map { ($0, true) }
        return try AuditVerification.run(directory, keys: keys, anchors: files)
    }

    /// The text of a file.
    func text(_ number: Int) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: directory.path(of: number))))
    }

    func setText(_ text: [UInt8], _ number: Int) throws {
        // In place: the log has the file open.
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: directory.path(of: number)))
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: Data(text))
        try file.close()
    }

    /// All lines, as JSON text.
    func lines() throws -> [String] {
        try directory.files().flatMap { String(decoding: try text($0), as: UTF8.self).split(separator: "\n") }.map(
            String.init
        )
    }

    func lines(_ words: String...) throws -> [String] {
        try lines().filter { line in words.allSatisfy { line.contains($0) } }
    }
}
