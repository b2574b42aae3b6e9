internal import Aurelis

/// What some files come to.
struct FileTotals: Sendable, Hashable {
    var count = 0
    var bytes: Int64 = 0

    static func + (one: FileTotals, other: FileTotals) -> FileTotals {
        FileTotals(count: one.count + other.count, bytes: one.bytes + other.bytes)
    }
}

/// What all files come to, and those of the tenant that it is about.
struct FileUse: Sendable, Hashable {
    var all = FileTotals()
    var own = FileTotals()

    static func + (one: FileUse, other: FileUse) -> FileUse {
        FileUse(all: one.all + other.all, own: one.own + other.own)
    }

    /// Throws when it is more than there may be.
    func check(_ limits: FileLimits, of tenant: String) throws(ModelError) {
        guard fits(all, limits) else {
            throw .tooMuch(
                "all files together would be more than \(Self.text(limits)): remove files that are not needed"
            )
        }
        let share = limits.share(of: tenant)
        guard fits(own, share) else {
            throw .tooMuch(
                "the files of this key would be more than \(Self.text(share)), its share of all: remove files that are "
                    + "not needed, or have `files.maximum_total` or `files.maximum_count` raised in the gateway's "
                    + "configuration"
            )
        }
    }

    private func fits(_ totals: FileTotals, _ limits: FileLimits) -> Bool {
        totals.bytes <= limits.totalSize && totals.count <= limits.fileCount
    }

    private static func text(_ limits: FileLimits) -> String {
        "\(ByteCount.exact(Int(limits.totalSize))) or \(limits.fileCount) files"
    }
}

/// What is being taken in: by everybody, and by each tenant.
struct FileArrivals: Sendable, Hashable {
    private(set) var all = FileTotals()
    /// Of those alone who send something.
    private var tenants: [String: FileTotals] = [:]

    /// What is on its way, all and a tenant's.
    func use(of tenant: String) -> FileUse { FileUse(all: all, own: tenants[tenant] ?? FileTotals()) }

    /// A file is to come; throws when there is no place for it.
    mutating func begin(_ tenant: String, _ limits: FileLimits) throws(ModelError) {
        guard all.count < limits.uploads else {
            throw ModelError(.overloaded, "\(limits.uploads) files are on their way in; try again shortly")
        }
        let share = limits.share(of: tenant)
        guard use(of: tenant).own.count < share.uploads else {
            throw ModelError(
                .overloaded,
                "\(share.uploads) files of this key are on their way in, as many as one key may send at once; "
                    + "try again when one of them is there"
            )
        }
        add(FileTotals(count: 1), of: tenant)
    }

    /// More of a tenant's file has come.
    mutating func add(bytes: Int64, of tenant: String) { add(FileTotals(bytes: bytes), of: tenant) }

    /// A file is there, or was given up.
    mutating func end(_ tenant: String, bytes: Int64) {
        add(FileTotals(count: -1, bytes: -bytes), of: tenant)
        if tenants[tenant]?.count == 0 { tenants[tenant] = nil }
    }

    private mutating func add(_ more: FileTotals, of tenant: String) {
        all = all + more
        tenants[tenant] = tenants[tenant, default: FileTotals()] + more
    }
}
