internal import Crypto
internal import Foundation

/// A file with a key that Aurelis made for itself.
enum KeyFile {
    /// Writes 32 random bytes in base64, for the file's user only.
    ///
    /// Made under another name first: a second process finds it whole or not at all, and keeps the first one's.
    ///
    /// - Returns: whether there is a key now, this one or another process's.
    static func make(_ path: String) -> Bool {
        let files = FileManager.default
        let key = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0).base64EncodedString() }
        let draft = path + ".\(ProcessInfo.processInfo.processIdentifier)"
        let rights: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        guard files.createFile(atPath: draft, contents: Data(key.utf8), attributes: rights) else { return false }
        try? files.linkItem(atPath: draft, toPath: path)
        try? files.removeItem(atPath: draft)
        return files.fileExists(atPath: path)
    }
}
