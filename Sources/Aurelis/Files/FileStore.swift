/// Where clients' files are kept, for the gateway, which does not know how.
///
/// Everything is asked for on behalf of a tenant: another's file is as if there were none.
package protocol FileStore: Sendable {
    /// Begins to take a file in.
    ///
    /// - Throws: that there is no room for another one.
    func beginUpload(by tenant: String) async throws(ModelError) -> any FileUpload

    /// A part of a tenant's files; of all purposes, if none is named.
    func files(
        of tenant: String,
        purpose: StoredFile.Purpose?,
        _ page: StoredPageRequest
    ) async throws(ModelError) -> StoredPage<StoredFile>

    /// A file.
    ///
    /// - Throws: that there is none of that name.
    func file(_ id: String, of tenant: String) async throws(ModelError) -> StoredFile

    /// A file and what is in it.
    func content(of id: String, tenant: String) async throws(ModelError) -> (StoredFile, any FileContent)

    /// Removes a file.
    ///
    /// - Throws: also that a batch still needs it.
    func deleteFile(_ id: String, of tenant: String) async throws(ModelError)
}

/// A file on its way in. Nothing is left of one that is neither finished nor referred to any more.
package protocol FileUpload: Sendable {
    /// Appends bytes; returns when they are written, so that the sender can be held back.
    func write(_ bytes: [UInt8]) async throws(ModelError)

    /// The file is complete, and is safe when this returns.
    func finish(_ description: FileDescription) async throws(ModelError) -> StoredFile
}

/// What is in a file, piece by piece.
package protocol FileContent: Sendable {
    /// The next piece; nil after the last one. A piece is read when it is asked for.
    func next() async throws(ModelError) -> [UInt8]?
}
