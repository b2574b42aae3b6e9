package import Aurelis

/// Files and batches as the gateway sees them: it does not know how they are kept.
package struct StoredObjects: Sendable {
    let files: any FileStore
    let batches: any BatchStore

    /// What keeps files and batches.
    package init(files: any FileStore, batches: any BatchStore) {
        self.files = files
        self.batches = batches
    }
}

extension ModelError {
    /// Nothing keeps files here.
    static let noStorage = ModelError.refused(
        501,
        "files and batches need a data directory, and this gateway has none; start it with --data-dir",
        code: "no_data_directory"
    )
}
