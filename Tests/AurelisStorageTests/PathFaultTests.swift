import Aurelis
import Foundation
import Logging
import Testing

@testable import AurelisStorage

@Suite("Directories that cannot be made")
struct PathFaultTests {
    private let file: String

    init() throws {
        file = FileManager.default.temporaryDirectory.path + "/aurelis-\(UUID().uuidString)"
        try Data().write(to: URL(filePath: file))
    }

    @Test("are told in words by whatever needs them, never as a dump of an error")
    func words() async throws {
        defer { try? FileManager.default.removeItem(atPath: file) }
        // A directory cannot be where there is a file.
        let directory = file + "/data"
        var texts: [String] = []
        do { _ = try StorageFile(directory: directory).pool() } catch { texts.append("\(error)") }
        do { _ = try AccessKeyFile(directory: directory).update { _ in } } catch { texts.append("\(error)") }
        do { try AuditDirectory(dataDirectory: directory).prepare() } catch { texts.append("\(error)") }
        do {
            let batch = DatabaseBatchJournal.Identity(name: "a", input: "b")
            _ = try await DatabaseBatchJournal.open(
                directory: directory,
                batch: batch,
                restarting: false,
                logger: Logger(label: "test")
            )
        } catch { texts.append(error.message) }
        #expect(texts.count == 4)
        for text in texts {
            #expect(text.contains("cannot be made: ") && !text.contains("Domain") && !text.contains("{"), "\(text)")
        }
        #expect(texts.first == "\(directory) cannot be made: Not a directory")
    }

    @Test("an error that is none of Foundation's describes itself")
    func others() {
        #expect(FileReason.told(StorageError.slow(path: "/x")) == "/x could not be read in time")
        #expect(FileReason.words(PathFault(path: "/x", what: "cannot be made", reason: "no")) == "no")
        #expect(
            FileReason.told(CocoaError(.fileReadNoPermission, userInfo: [NSFilePathErrorKey: "/x"]))
                == "/x: this user may not"
        )
    }
}
