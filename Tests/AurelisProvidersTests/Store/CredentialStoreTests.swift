import Foundation
import Synchronization
import Testing

@testable import AurelisProviders

@Suite("The encrypted credential store")
struct CredentialStoreTests {
    private static let methods: [StoreKeyChoice] = [.file(), .keyring, .passphrase(logN: 10)]
    private static let server = StoreHarness.server

    private func code(_ body: () throws -> Void) -> CredentialStoreError.Code? {
        do { try body() } catch { return (error as? CredentialStoreError)?.code }
        return nil
    }

    @Test("what is put is found, also by another process, and is not in the file", arguments: methods)
    func roundTrip(method: StoreKeyChoice) throws {
        let folder = try TemporaryFolder()
        let harness = StoreHarness(directory: folder.path)
        let store = harness.store(passphrase: "correct horse")
        try store.put(Secret("sk-first-0123456789"), for: "openai", at: Self.server, sealingWith: method)
        try store.put(Secret("gsk_second"), for: "groq", at: "https://api.groq.com")
        #expect(harness.text("openai", passphrase: "correct horse") == "sk-first-0123456789")
        #expect(harness.text("groq", passphrase: "correct horse", server: "https://api.groq.com") == "gsk_second")
        #expect(harness.text("mistral") == "absent: it holds none for mistral")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: store.path))
        #expect(bytes.firstRange(of: Data("first".utf8)) == nil)
        #expect(try store.summary()?.entries == ["openai": Self.server, "groq": "https://api.groq.com"])
    }

    @Test("the file and the key are their owner's alone, and nothing else is left in the directory")
    func permissions() throws {
        let folder = try TemporaryFolder()
        try StoreHarness(directory: folder.path).store().put(Secret("a"), for: "openai", at: Self.server)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names == ["credentials.key", "credentials.store", "credentials.store.lock"])
        for name in names {
            let mode = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(name)")[.posixPermissions]
            #expect(mode as? Int == 0o600, "\(name)")
        }
    }

    @Test("a store that others can read is used with a warning; a key file that they can read is not")
    func sharedFiles() throws {
        let folder = try TemporaryFolder()
        let harness = StoreHarness(directory: folder.path)
        try harness.store().put(Secret("abc"), for: "openai", at: Self.server)
        let files = FileManager.default
        try files.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.path + "/credentials.store")
        #expect(harness.text("openai").contains("chmod 600"))
        try files.setAttributes([.posixPermissions: 0o640], ofItemAtPath: folder.path + "/credentials.key")
        #expect(harness.text("openai").hasPrefix("failed: others on this machine can read the key file"))
    }

    @Test("a wrong passphrase is told apart from a damaged file; both leave it as it is")
    func wrongPassphrase() throws {
        let folder = try TemporaryFolder()
        let harness = StoreHarness(directory: folder.path)
        let right = harness.store(passphrase: "right")
        try right.put(Secret("abc"), for: "openai", at: Self.server, sealingWith: .passphrase(logN: 10))
        let before = try Data(contentsOf: URL(fileURLWithPath: right.path))
        #expect(harness.text("openai", passphrase: "wrong") == "failed: the passphrase is wrong")
        #expect(harness.text("openai").contains("AURELIS_PASSPHRASE_FILE"))
        let wrong = harness.store(passphrase: "wrong")
        #expect(code { try wrong.put(Secret("x"), for: "openai", at: Self.server) } == .wrongKey)
        #expect(code { _ = try wrong.remove("openai") } == .wrongKey)
        #expect(try Data(contentsOf: URL(fileURLWithPath: right.path)) == before)
        try before.dropLast(1).write(to: URL(fileURLWithPath: right.path))
        #expect(harness.text("openai", passphrase: "right").hasPrefix("failed: it is damaged"))
        #expect(code { try right.put(Secret("x"), for: "openai", at: Self.server) } == .damaged)
        #expect(try Data(contentsOf: URL(fileURLWithPath: right.path)) == before.dropLast(1))
    }

    @Test("a key that is gone, or another one, is named")
    func missingKey() throws {
        let folder = try TemporaryFolder()
        let harness = StoreHarness(directory: folder.path)
        try harness.store().put(Secret("abc"), for: "openai", at: Self.server)
        let path = folder.path + "/credentials.key"
        try folder.write("credentials.key", String(repeating: "0", count: 64))
        #expect(harness.text("openai") == "failed: the key in credentials.key is not the one that it was sealed with")
        try folder.write("credentials.key", "short")
        #expect(harness.text("openai").contains("less than 32 bytes"))
        try FileManager.default.removeItem(atPath: path)
        #expect(harness.text("openai") == "failed: the key file \(path): there is no such file")
    }

    @Test("every single bit that changes is noticed")
    func flips() throws {
        let folder = try TemporaryFolder()
        let harness = StoreHarness(directory: folder.path)
        let store = harness.store()
        try store.put(Secret("abc"), for: "openai", at: Self.server)
        let whole = try Array(Data(contentsOf: URL(fileURLWithPath: store.path)))
        var random = SeededGenerator(seed: 1)
        for index in whole.indices {
            var bytes = whole
            bytes[index] ^= 1 << UInt8(random.next() & 7)
            #expect(throws: CredentialStoreError.damaged, "byte \(index)") { try StoreDocument.parse(bytes) }
        }
        for length in whole.indices {
            #expect(throws: CredentialStoreError.damaged) { try StoreDocument.parse(Array(whole[..<length])) }
        }
    }

    @Test("whoever changes the file and mends its checksum is found out by the seal")
    func forgeries() throws {
        let folder = try TemporaryFolder()
        let harness = StoreHarness(directory: folder.path)
        let store = harness.store()
        try store.put(Secret("first"), for: "openai", at: Self.server)
        let old = try String(contentsOfFile: store.path, encoding: .utf8)
        try store.put(Secret("other"), for: "groq", at: Self.server)
        let text = try String(contentsOfFile: store.path, encoding: .utf8)
        let lines = text.split(separator: "\n").map(String.init)
        var random = SeededGenerator(seed: 2)
        var forgeries: [[String]] = [
            lines.filter { !$0.hasPrefix("entry groq") },
            lines.map { $0.replacingOccurrences(of: "entry openai \(Self.server)", with: "entry openai https://evil") },
            lines.map { $0.replacingOccurrences(of: "entry openai", with: "entry mistral") },
            lines.map { $0.hasPrefix("entry openai") ? $0.replacingOccurrences(of: " 1 ", with: " 2 ") : $0 },
            lines.map { $0.hasPrefix("entry groq") ? String(old.split(separator: "\n")[3]) : $0 },
        ]
        for _ in 0..<300 {
            var forgery = lines
            let line = Int(random.next() % UInt64(lines.count - 1))
            var bytes = Array(forgery[line].utf8)
            bytes[Int(random.next() % UInt64(bytes.count))] ^= 1 << UInt8(random.next() % 7)
            forgery[line] = String(decoding: bytes, as: UTF8.self)
            forgeries.append(forgery)
        }
        for forgery in forgeries where forgery != lines {
            try Self.signed(forgery).write(toFile: store.path, atomically: true, encoding: .utf8)
            for name in ["openai", "groq"] {
                let answer = harness.text(name)
                #expect(answer.hasPrefix("failed:") || answer.hasPrefix("absent: it holds none"), "\(forgery)")
                // That an entry is missing may only be said of one that is.
                if answer.hasPrefix("absent") { #expect(!forgery.contains { $0.hasPrefix("entry \(name) ") }) }
            }
        }
    }

    @Test("a file of a later version is left alone, and said to be one")
    func laterVersion() throws {
        let folder = try TemporaryFolder()
        let harness = StoreHarness(directory: folder.path)
        let store = harness.store()
        try store.put(Secret("abc"), for: "openai", at: Self.server)
        var lines = try String(contentsOfFile: store.path, encoding: .utf8).split(separator: "\n").map(String.init)
        lines[0] = "aurelis-credentials 2"
        try Self.signed(lines).write(toFile: store.path, atomically: true, encoding: .utf8)
        #expect(code { try store.put(Secret("x"), for: "openai", at: Self.server) } == .foreign)
    }

    static let hostile = [
        "31 8 1", "20 32 1", "17 8 100", "0 8 1", "17 0 1", "-1 8 1", "17 8", "17 8 1 1", "99999999999999999999 8 1",
    ]

    @Test("a file that asks for more memory or work than trying a passphrase may cost is refused", arguments: hostile)
    func hostileParameters(parameters: String) {
        let text = [
            "aurelis-credentials 1", "key passphrase scrypt \(parameters) \(Data(count: 16).base64EncodedString())",
        ]
        let document = Self.signed(text + ["check AAAA", "mac AAAA", "sum"])
        let error = #expect(throws: CredentialStoreError.self) { try StoreDocument.parse(Array(document.utf8)) }
        #expect(error?.code == .refused || error?.code == .tampered)
    }

    @Test("no bytes bring the parser down")
    func noise() {
        var random = SeededGenerator(seed: 3)
        let words = [
            "aurelis-credentials 1", "key ", "file x", "check ", "entry a b 1 ", "mac ", "AAAA", " ", "\n", "-", "é",
        ]
        for _ in 0..<3_000 {
            let text = (0..<(random.next() % 12)).map { _ in words[Int(random.next() % UInt64(words.count))] }.joined()
            _ = try? StoreDocument.parse(
                Array(Self.signed(text.split(separator: "\n").map(String.init) + ["sum"]).utf8)
            )
        }
    }

    @Test("a credential is used for the server that it was stored for, and for no other")
    func boundToServer() throws {
        let folder = try TemporaryFolder()
        let harness = StoreHarness(directory: folder.path)
        try harness.store().put(Secret("abc"), for: "openai", at: Self.server)
        #expect(
            harness.text("openai", server: "http://127.0.0.1:1")
                == "failed: what it holds for openai was stored for https://api.openai.com and is not sent to http://127.0.0.1:1"
        )
    }

    @Test("another choice seals everything anew, and the key before is dropped")
    func resealing() throws {
        let folder = try TemporaryFolder()
        let harness = StoreHarness(directory: folder.path)
        let store = harness.store(passphrase: "a passphrase")
        try store.put(Secret("one"), for: "openai", at: Self.server)
        try store.put(Secret("two"), for: "groq", at: Self.server, sealingWith: .keyring)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/credentials.key"))
        #expect(harness.text("openai") == "one")
        try store.put(Secret("three"), for: "groq", at: Self.server, sealingWith: .passphrase(logN: 10))
        #expect(harness.keyring.items.withLock { $0.isEmpty })
        #expect(harness.text("openai", passphrase: "a passphrase") == "one")
        #expect(harness.text("groq", passphrase: "a passphrase") == "three")
    }

    @Test("the passphrase is asked for once in the life of a process")
    func heldKey() throws {
        let folder = try TemporaryFolder()
        let harness = StoreHarness(directory: folder.path)
        let asked = Counter()
        let passphrase = PassphraseSource { _ throws(CredentialStoreError) in
            asked.add()
            return Secret("right")
        }
        let keys = StoreKeys(directory: folder.path, keyring: harness.keyring.keyring, passphrase: passphrase)
        let store = CredentialStore(directory: folder.path, keys: keys)
        try store.put(Secret("one"), for: "openai", at: Self.server, sealingWith: .passphrase(logN: 10))
        for _ in 0..<3 { _ = store.find("openai", at: Self.server) }
        #expect(asked.value == 1)
    }

    @Test("with the last credential go the file and its key; what is left over can be removed unread")
    func removal() throws {
        let folder = try TemporaryFolder()
        let harness = StoreHarness(directory: folder.path)
        let store = harness.store()
        #expect(try !store.remove("openai") && !store.removeAll())
        try store.put(Secret("one"), for: "openai", at: Self.server)
        try store.put(Secret("two"), for: "groq", at: Self.server)
        #expect(try store.remove("openai") && !store.remove("openai"))
        #expect(harness.text("groq") == "two")
        #expect(try store.remove("groq"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["credentials.store.lock"])
        try folder.write("credentials.store", "what is this")
        #expect(code { _ = try store.remove("groq") } == .damaged)
        #expect(try store.removeAll())
    }

    @Test("of writers at the same time none loses what another has stored")
    func concurrentWriters() async throws {
        let folder = try TemporaryFolder()
        let harness = StoreHarness(directory: folder.path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<12 {
                group.addTask {
                    try harness.store().put(Secret("secret-\(number)"), for: "p\(number)", at: Self.server)
                }
            }
            try await group.waitForAll()
        }
        for number in 0..<12 { #expect(harness.text("p\(number)") == "secret-\(number)") }
    }

    /// A document with the checksum that its other lines have.
    private static func signed(_ lines: [String]) -> String {
        let body = lines.dropLast().map { $0 + "\n" }.joined()
        return body + "sum \(StoreDocument.sum(Array(body.utf8)[...]))\n"
    }
}

@Suite("The passphrase's file")
struct PassphraseSourceTests {
    private func tell(_ environment: [String: String]) throws -> String {
        try PassphraseSource.file(environment: environment).tell(false).withText { $0 }
    }

    @Test("it is the one that the environment names, or what systemd hands over; its first line counts")
    func files() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("pass", "a long passphrase\nand a remark\n")
        try folder.write("aurelis.passphrase", "from systemd\n")
        #expect(
            try tell(["AURELIS_PASSPHRASE_FILE": path, "CREDENTIALS_DIRECTORY": folder.path]) == "a long passphrase"
        )
        #expect(try tell(["CREDENTIALS_DIRECTORY": folder.path]) == "from systemd")
    }

    @Test("without one it is said how to name one; an empty or missing one is an error of its own")
    func missing() throws {
        let folder = try TemporaryFolder()
        let empty = try folder.write("pass", "\n")
        let cases = [
            ([:], "AURELIS_PASSPHRASE_FILE"), (["AURELIS_PASSPHRASE_FILE": empty], "is empty"),
            (["AURELIS_PASSPHRASE_FILE": "/nonexistent"], "no such file"),
            (["CREDENTIALS_DIRECTORY": "/nonexistent"], "AURELIS_PASSPHRASE_FILE"),
            (["AURELIS_PASSPHRASE": "literal"], "AURELIS_PASSPHRASE_FILE"),
        ]
        for (environment, words) in cases {
            let error = #expect(throws: CredentialStoreError.self) { try tell(environment) }
            #expect(error?.message.contains(words) == true)
        }
    }
}
