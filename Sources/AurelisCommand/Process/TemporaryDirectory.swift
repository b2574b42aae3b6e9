internal import Foundation

/// A directory of one's own for as long as it is needed.
struct TemporaryDirectory: Sendable {
    /// Where it is.
    let path: String

    /// Makes an empty directory that only this user can enter.
    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("aurelis-\(UUID().uuidString)")
        let mode: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false, attributes: mode)
        path = url.path
    }

    /// Removes it with everything in it.
    func remove() {
        // What cannot be removed is left to the system, which cleans this place.
        try? FileManager.default.removeItem(atPath: path)
    }
}
