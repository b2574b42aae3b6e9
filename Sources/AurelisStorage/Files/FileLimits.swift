/// What clients' files and batches may come to, and how long they stay.
package struct FileLimits: Sendable, Hashable {
    /// Bytes of one file.
    package var fileSize: Int64 = 200 << 20
    /// Bytes of all files together.
    package var totalSize: Int64 = 10 << 30
    /// Files.
    package var fileCount = 10_000
    /// Files that are taken in at once, by one process; each takes a descriptor.
    package var uploads = 32
    /// Files that are given out at once, by one process; each takes a descriptor.
    package var downloads = 64
    /// Batches that have not ended.
    package var openBatches = 1_000
    /// How many seconds a file, or a batch that has ended, stays.
    package var retention: Int64 = 30 * 86_400

    /// The defaults.
    package init() {}

    /// What one tenant may have of that: a quarter, so that no key shuts all others out. Who asks without a key has
    /// everything, for then there is nobody else.
    func share(of tenant: String) -> FileLimits {
        guard !tenant.isEmpty else { return self }
        var share = self
        // A file that may be as large as that may also be sent.
        share.totalSize = max(totalSize / 4, min(fileSize, totalSize))
        share.fileCount = max(1, fileCount / 4)
        share.uploads = max(1, uploads / 4)
        share.openBatches = max(1, openBatches / 4)
        return share
    }
}
