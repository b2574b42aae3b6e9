internal import Foundation

/// Why a file cannot be read or written, in words for people: Foundation's own begin with "The operation could not be
/// completed", and its descriptions are those of no system.
///
///     FileReason.words(error)      // "there is no such file"
package enum FileReason {
    /// Why.
    package static func words(_ error: any Error) -> String {
        if let fault = error as? PathFault { return fault.reason }
        let error = error as NSError
        // Any error may be the cause; not everywhere it is one of Foundation's class.
        let cause = (error.userInfo[NSUnderlyingErrorKey] as? any Error).map { $0 as NSError }
        if let cause, cause.domain == NSPOSIXErrorDomain { return words(number: Int32(cause.code)) }
        if error.domain == NSPOSIXErrorDomain { return words(number: Int32(error.code)) }
        guard error.domain == NSCocoaErrorDomain else { return error.localizedDescription }
        switch CocoaError.Code(rawValue: error.code) {
        case .fileNoSuchFile, .fileReadNoSuchFile: return words(number: ENOENT)
        case .fileReadNoPermission, .fileWriteNoPermission: return words(number: EACCES)
        case .fileReadTooLarge: return "it is too large"
        case .fileWriteOutOfSpace: return words(number: ENOSPC)
        case .fileWriteVolumeReadOnly: return words(number: EROFS)
        case .fileWriteFileExists: return words(number: EEXIST)
        default: return error.localizedDescription
        }
    }

    /// An error as it is told where nobody has words of his own for it: one of Foundation's with its file and why, any other as
    /// it describes itself.
    package static func told(_ error: any Error) -> String {
        guard error is CocoaError || error is POSIXError || type(of: error) == NSError.self else {
            return String(describing: error)
        }
        let path = (error as NSError).userInfo[NSFilePathErrorKey] as? String
        return path.map { "\($0): \(words(error))" } ?? words(error)
    }

    private static func words(number: Int32) -> String {
        switch number {
        case ENOENT: "there is no such file"
        case EACCES, EPERM: "this user may not"
        default: strerror(number).map { String(cString: $0) } ?? "error \(number)"
        }
    }
}

/// What could not be done with a file or a directory, and why, in words.
///
///     try PathFault.telling(path, "cannot be made") { try FileManager.default.createDirectory(…) }
package struct PathFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// Which one.
    package let path: String
    /// What could not be done.
    package let what: String
    /// Why.
    package let reason: String

    /// For people.
    package var description: String { "\(path) \(what): \(reason)" }

    /// Does something that Foundation has its own errors for.
    package static func telling<Value>(
        _ path: String,
        _ what: String,
        _ body: () throws -> Value
    ) throws(PathFault) -> Value {
        do { return try body() } catch { throw PathFault(path: path, what: what, reason: FileReason.words(error)) }
    }
}
