internal import Synchronization

/// Credentials in one file that is of no use without its key: `credentials.store` in the data directory.
///
///     try store.put(secret, for: "openai", at: "https://api.openai.com", sealingWith: .passphrase())
///     store.find("openai", at: "https://api.openai.com")       // .found(…)
///
/// The format is in `Documentation/credentials.md`. A file that cannot be read or trusted is never replaced or removed,
/// except when that is asked for.
package final class CredentialStore: Sendable {
    /// Where it is.
    package let path: String
    private let file: StoreFile
    private let keys: StoreKeys
    /// The key that opened it last: a passphrase is asked for once, and scrypt runs once, in the life of a process.
    private let held = Mutex<(method: StoreKeyMethod, key: Secret)?>(nil)

    init(directory: String, keys: StoreKeys) {
        path = "\(directory)/credentials.store"
        file = StoreFile(path: path)
        self.keys = keys
    }

    /// What can be told without the key.
    package struct Summary: Sendable, Hashable {
        /// What it is sealed with.
        package let method: StoreKeyMethod
        /// Whose credentials it holds, and for which servers.
        package let entries: [String: String]
    }

    /// What can be told without the key; nil without a file.
    package func summary() throws(CredentialStoreError) -> Summary? {
        guard let document = try document()?.document else { return nil }
        let entries = document.entries.map { ($0.name, $0.server) }
        return Summary(method: document.method, entries: Dictionary(entries) { first, _ in first })
    }

    /// Changes when the file does.
    var version: String { file.version }

    /// A provider's credential, for the server that it was stored for. May block.
    func find(_ name: String, at server: String) -> CredentialSource.Finding {
        do throws(CredentialStoreError) {
            guard let (document, mac, isShared) = try document() else { return .absent("there is none") }
            guard let entry = document.entries.first(where: { $0.name == name }) else {
                return .absent("it holds none for \(name)")
            }
            guard entry.server == server else {
                return .failed("what it holds for \(name) was stored for \(entry.server) and is not sent to \(server)")
            }
            let secret = try seal(of: document, mac).open(entry.sealed, context: entry.context)
            let warning = isShared ? "others on this machine can read \(path); `chmod 600` it" : nil
            return .found(secret, origin: "the encrypted store", warning: warning)
        } catch {
            return .failed("\(error)")
        }
    }

    /// Stores a credential, in place of the one before.
    ///
    /// - Parameter choice: what the store is sealed with from now on; nil: as it is, or a key file for a new one.
    package func put(
        _ secret: Secret,
        for name: String,
        at server: String,
        sealingWith choice: StoreKeyChoice? = nil
    ) throws(CredentialStoreError) {
        guard StoreDocument.isWord(name), StoreDocument.isWord(server) else {
            throw CredentialStoreError(.refused, "\(name) is no name for a credential")
        }
        try file.locked { () throws(CredentialStoreError) in
            var document: StoreDocument
            var seal: StoreSeal
            if let (found, mac, _) = try self.document() {
                (document, seal) = (found, try self.seal(of: found, mac))
                if let choice, !choice.fits(document.method) { try resealed(&document, &seal, with: choice) }
            } else {
                let (method, key) = try keys.make(choice ?? .file())
                seal = StoreSeal(key: key)
                document = StoreDocument(method: method, check: seal.check, entries: [])
            }
            let place = document.entries.firstIndex { $0.name == name } ?? document.entries.endIndex
            let isKnown = place < document.entries.endIndex
            guard isKnown || document.entries.count < StoreDocument.maximumEntries else {
                throw CredentialStoreError(.refused, "it is full: \(StoreDocument.maximumEntries) credentials")
            }
            let revision = isKnown ? document.entries[place].revision + 1 : 1
            var entry = StoreDocument.Entry(name: name, server: server, revision: revision)
            entry.sealed = try seal.seal(secret, context: entry.context)
            if isKnown { document.entries[place] = entry } else { document.entries.append(entry) }
            try write(document, seal)
        }
    }

    /// Removes a credential; false when there was none. With the last one goes the file, and the key that was made for it.
    package func remove(_ name: String) throws(CredentialStoreError) -> Bool {
        guard try file.read() != nil else { return false }
        return try file.locked { () throws(CredentialStoreError) in
            guard let (found, mac, _) = try self.document() else { return false }
            var document = found
            let seal = try seal(of: document, mac)
            let count = document.entries.count
            document.entries.removeAll { $0.name == name }
            guard document.entries.count < count else { return false }
            if document.entries.isEmpty {
                _ = try file.remove()
                keys.forget(document.method)
            } else {
                try write(document, seal)
            }
            return true
        }
    }

    /// Removes the file with all it holds, be it readable or not; false when there was none.
    package func removeAll() throws(CredentialStoreError) -> Bool {
        guard file.version != "absent" else { return false }
        return try file.locked { () throws(CredentialStoreError) in
            let method = try? document()?.document.method
            let wasThere = try file.remove()
            if let method { keys.forget(method) }
            return wasThere
        }
    }
}

// MARK: - Keys

extension CredentialStore {
    private func document() throws(CredentialStoreError) -> (document: StoreDocument, mac: [UInt8], isShared: Bool)? {
        guard let (bytes, isShared) = try file.read() else { return nil }
        let (document, mac) = try StoreDocument.parse(bytes)
        return (document, mac, isShared)
    }

    /// What opens a document, once it is certain that nobody has changed that.
    private func seal(of document: StoreDocument, _ mac: [UInt8]) throws(CredentialStoreError) -> StoreSeal {
        var seal = held.withLock { $0 }.flatMap { $0.method == document.method ? StoreSeal(key: $0.key) : nil }
        if seal?.check != document.check {
            seal = StoreSeal(key: try keys.key(document.method))
        }
        guard let seal, seal.check == document.check else {
            throw CredentialStoreError(.wrongKey, document.method.mismatch)
        }
        guard seal.isValid(mac, of: document.signedText) else { throw .tampered }
        held.withLock { $0 = (document.method, seal.key) }
        return seal
    }

    /// The same credentials under another key.
    private func resealed(
        _ document: inout StoreDocument,
        _ seal: inout StoreSeal,
        with choice: StoreKeyChoice
    ) throws(CredentialStoreError) {
        let (method, key) = try keys.make(choice)
        let next = StoreSeal(key: key)
        var entries: [StoreDocument.Entry] = []
        for var entry in document.entries {
            let secret = try seal.open(entry.sealed, context: entry.context)
            entry.sealed = try next.seal(secret, context: entry.context)
            entries.append(entry)
        }
        document = StoreDocument(method: method, check: next.check, entries: entries)
        seal = next
    }

    private func write(_ document: StoreDocument, _ seal: StoreSeal) throws(CredentialStoreError) {
        try file.replace(with: document.rendered(mac: seal.mac(of: document.signedText)))
        let before = held.withLock { held in
            defer { held = (document.method, seal.key) }
            return held?.method
        }
        // Only now: until the new file is there the old one needs its key.
        if let before, before != document.method { keys.forget(before) }
    }
}

extension StoreKeyMethod {
    fileprivate var mismatch: String {
        switch self {
        case .passphrase: "the passphrase is wrong"
        case .keyring: "the key in the system keyring is not the one that it was sealed with"
        case .file(let path): "the key in \(path) is not the one that it was sealed with"
        }
    }
}

extension StoreKeyChoice {
    fileprivate func fits(_ method: StoreKeyMethod) -> Bool {
        switch (self, method) {
        case (.keyring, .keyring), (.passphrase, .passphrase): true
        case (.file(let one), .file(let other)): one == other
        default: false
        }
    }
}
