import Foundation
import Testing

@testable import AurelisApp

@Suite("The data directory")
struct DataDirectoryTests {
    /// A directory with a mode and some files, which is gone afterwards.
    private func with(mode: Int, _ files: [String], _ body: (String) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            for file in files { try directory.write("", to: file) }
            #expect(chmod(directory.path, mode_t(mode)) == 0)
            try body(directory.path)
        }
    }

    @Test("one that is not there is made, for this user alone")
    func made() throws {
        try with(mode: 0o755, []) { path in
            try DataDirectory.prepare(path + "/a/b")
            #expect(FileLookup.mode(of: path + "/a/b") == 0o700)
            #expect(FileLookup.mode(of: path) == 0o755)
        }
    }

    @Test(
        "one that is there stays as open as it is, whatever it holds",
        arguments: [
            (0o755, ["notes.txt"]), (0o755, []), (0o775, ["quota.sqlite"]), (0o1777, []), (0o700, ["audit.key"]),
        ]
    )
    func left(mode: Int, files: [String]) throws {
        try with(mode: mode, files) { path in
            try DataDirectory.prepare(path)
            #expect(FileLookup.mode(of: path) == mode)
        }
    }

    @Test("one in which others may replace files is refused, and another asked for")
    func writable() throws {
        try with(mode: 0o777, []) { path in
            let error = #expect(throws: ConfigurationError.self) { try DataDirectory.prepare(path) }
            #expect(error.map { "\($0)" }?.contains("\(path)/aurelis") == true)
            #expect(FileLookup.mode(of: path) == 0o777)
        }
    }
}
