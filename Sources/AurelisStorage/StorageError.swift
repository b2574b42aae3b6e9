/// Why a file of the data directory cannot be used.
package enum StorageError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A later version of Aurelis has changed its tables.
    case newer(path: String)
    /// The disk, or another process, takes its time.
    case slow(path: String)

    /// For people.
    package var description: String {
        switch self {
        case .newer(let path): "\(path) was written by a newer version of Aurelis; it is left as it is"
        case .slow(let path): "\(path) could not be read in time"
        }
    }
}
