import Aurelis
import AurelisJSON
import Foundation
import GRDB
import Synchronization

@testable import AurelisStorage

/// A data directory that is gone afterwards, and the journals in it.
final class BatchHarness: Sendable {
    /// When the tests happen, in seconds since 1970-01-01 UTC.
    static let epoch: Int64 = 1_700_000_000

    let directory: String
    let log = CountingLog()
    private let seconds = Mutex(epoch)

    /// Lends a harness.
    static func with(_ body: (BatchHarness) async throws -> Void) async throws {
        let harness = BatchHarness()
        defer { try? FileManager.default.removeItem(atPath: harness.directory) }
        try await body(harness)
    }

    private init() {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("batch-\(UUID().uuidString)").path
    }

    var file: String { directory + "/batches.sqlite" }

    var files: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
    }

    /// What was moved aside, without the journals.
    var damaged: [String] { files.filter { $0.contains(".damaged-") && $0.hasSuffix("Z") } }

    func journal(_ name: String = "a", restarting: Bool = false) async throws -> DatabaseBatchJournal {
        try await DatabaseBatchJournal.open(
            directory: directory,
            batch: DatabaseBatchJournal.Identity(name: name, input: "digest of \(name)"),
            restarting: restarting,
            clock: WallClock { [self] in seconds.withLock(\.self) },
            logger: log.logger
        )
    }

    /// Moves the time of day.
    func advance(days count: Int64) { seconds.withLock { $0 += count * 86_400 } }

    /// Another process's connection to the file.
    func withConnection<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try DatabaseQueue(path: file).inDatabase(body)
    }
}

extension BatchEntry {
    /// An answer like any other.
    static func answer(_ number: Int, text: String = "hello", key: BatchKey? = nil) -> BatchEntry {
        let response = #"{"status_code":200,"request_id":"r","body":{"text":"\#(text)"}}"#
        var entry = entry(number, isFinal: true, response: response)
        entry.key = key
        return entry
    }

    /// A failure, which would come again or not.
    static func failure(_ number: Int, isFinal: Bool) -> BatchEntry {
        entry(number, isFinal: isFinal, response: #"{"status_code":400,"request_id":"r","body":{}}"#)
    }

    private static func entry(_ number: Int, isFinal: Bool, response: String) -> BatchEntry {
        let line = #"{"id":"batch_req_\#(number)","custom_id":"item \#(number)","response":\#(response),"error":null}"#
        guard let result = BatchResult(reading: Array(line.utf8)) else { preconditionFailure("not a result: \(line)") }
        return BatchEntry(number: number, isFinal: isFinal, attempts: 1, result: result)
    }
}
