/// What is known of a file that a client has uploaded, or a batch has written; its content is elsewhere.
package struct StoredFile: Sendable, Hashable {
    /// Its name: one of `StoredID.file`.
    package var id: String
    /// Whose it is.
    package var tenant: String
    /// What its owner calls it: nothing but a label.
    package var name: String
    /// What it is for.
    package var purpose: Purpose
    /// How large it is.
    package var bytes: Int64
    /// When it was made, in seconds since 1970-01-01 UTC.
    package var created: Int64
    /// When it is removed.
    package var expires: Int64

    /// A file from its facts.
    package init(
        id: String,
        tenant: String,
        name: String,
        purpose: Purpose,
        bytes: Int64,
        created: Int64,
        expires: Int64
    ) {
        self.id = id
        self.tenant = tenant
        self.name = name
        self.purpose = purpose
        self.bytes = bytes
        self.created = created
        self.expires = expires
    }

    /// What a file is for.
    package enum Purpose: String, Sendable, Hashable, CaseIterable {
        /// The lines of a batch.
        case batch
        /// The results of one.
        case batchOutput = "batch_output"
    }

    /// How long files may be kept when their owner says: an hour to thirty days, as at OpenAI.
    package static let lifetimes: ClosedRange<Int64> = 3_600...2_592_000
}

/// What a client says of a file it uploads.
package struct FileDescription: Sendable, Hashable {
    /// What the client calls it.
    package var name: String
    /// What it is for.
    package var purpose: StoredFile.Purpose
    /// How many seconds it is to be kept; nil: as long as the configuration says.
    package var lifetime: Int64?

    /// A description.
    package init(name: String, purpose: StoredFile.Purpose, lifetime: Int64? = nil) {
        self.name = name
        self.purpose = purpose
        self.lifetime = lifetime
    }
}
