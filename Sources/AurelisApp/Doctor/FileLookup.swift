internal import Foundation

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// What the system says of a file without opening it.
enum FileLookup {
    /// Who may do what with it; nil: it is not there.
    static func mode(of path: String) -> Int? { facts(of: path).map { Int($0.st_mode) & 0o7777 } }

    /// Whose it is; nil: it is not there.
    static func owner(of path: String) -> UInt32? { facts(of: path).map(\.st_uid) }

    /// As `chmod` takes it: `0644`.
    static func text(_ mode: Int) -> String { "0" + String(mode, radix: 8) }

    /// The files of a directory that others may read or write, and that are not on the way to another one.
    static func openFiles(in directory: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.sorted().filter { name in
            guard let facts = facts(of: directory + "/" + name), facts.st_mode & S_IFMT == S_IFREG else { return false }
            return Int(facts.st_mode) & 0o077 != 0
        }
    }

    private static func facts(of path: String) -> stat? {
        var facts = stat()
        return stat(path, &facts) == 0 ? facts : nil
    }
}
