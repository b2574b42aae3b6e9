internal import AurelisStorage
internal import Foundation

/// The one directory in which a process keeps its data, readable by its user only.
package enum DataDirectory {
    /// Makes the directory, and takes others' access away from it.
    ///
    /// - Throws: `ConfigurationError` when there is something else at the path, or it cannot be made or written.
    package static func prepare(_ path: String) throws(ConfigurationError) {
        let files = FileManager.default
        var isDirectory: ObjCBool = false
        if files.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue {
            throw ConfigurationError("\(path) is not a directory", path: "data_dir")
        }
        do {
            let mode: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
            try files.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: mode)
            try files.setAttributes(mode, ofItemAtPath: path)
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
