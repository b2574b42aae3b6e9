internal import Foundation

/// Why a file cannot be read or written, in words for people: Foundation's own begin with "The operation could not be
/// completed", and its descriptions are those of no system.
///
///     FileReason.words(error)      // "there is no such file"
package enum FileReason {
    /// Why.
    package static func words(_ error: any Error) -> String {
        let error = error as NSError
        if let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError, cause.domain == NSPOSIXErrorDomain {
            return words(number: Int32(cause.code))
        }
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

    private static func words(number: Int32) -> String {
        switch number {
        case ENOENT: "there is no such file"
        case EACCES, EPERM: "this user may not"
        default: strerror(number).map { String(cString: $0) } ?? "error \(number)"
        }
    }
}
