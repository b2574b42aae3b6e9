internal import AurelisStorage
internal import Foundation

/// The one directory in which a process keeps its data, readable by its user only.
package enum DataDirectory {
    /// Makes the directory, for this user alone. One that is there stays as open as it is, for closing somebody else's, such
    /// as `/tmp`, breaks what they do: every file in it is this user's alone anyway.
    ///
    /// - Throws: `ConfigurationError` when there is something else at the path, it cannot be made or written, or others may
    ///   replace the files in it.
    package static func prepare(_ path: String) throws(ConfigurationError) {
        let files = FileManager.default
        var isDirectory: ObjCBool = false
        if files.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue {
            throw ConfigurationError("\(path) is not a directory", path: "data_dir")
        }
        do {
            let mode: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
            if !isDirectory.boolValue {
                try files.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: mode)
            } else if let present = FileLookup.mode(of: path), present & 0o1002 == 0o0002 {
                throw ConfigurationError.writable(path)
            }
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError(
                "\(path) cannot be made: \(FileReason.words(error))",
                path: "data_dir",
                suggestion: "name another directory with --data-dir"
            )
        }
        guard files.isWritableFile(atPath: path) else {
            throw ConfigurationError("\(path) cannot be written", path: "data_dir", suggestion: "--data-dir DIR")
        }
    }
}

extension ConfigurationError {
    fileprivate static func writable(_ path: String) -> ConfigurationError {
        ConfigurationError(
            "anybody on this machine may write into \(path), and could replace what Aurelis keeps there",
            path: "data_dir",
            suggestion: "name a directory of its own, such as \(path == "/" ? "" : path)/aurelis"
        )
    }
}
