internal import Crypto
internal import Foundation

/// The text of a credential store, still sealed: lines that anybody may read, and ciphertext.
///
///     aurelis-credentials 1
///     key passphrase scrypt 17 8 1 <salt>
///     check <16 bytes>
///     entry openai https://api.openai.com 1 <nonce, ciphertext and tag>
///     mac <32 bytes>
///     sum <64 hexadecimal digits>
///
/// The sum is a plain SHA-256 of all lines before it: it tells a damaged file from one with another key.
struct StoreDocument: Sendable, Hashable {
    static let maximumBytes = 1 << 20
    static let maximumEntries = 1_000
    private static let magic = "aurelis-credentials"

    struct Entry: Sendable, Hashable {
        /// The provider, by the name that the configuration gives it.
        var name: String
        /// Where the credential may be sent.
        var server: String
        /// How many times it was stored.
        var revision: Int
        var sealed: [UInt8] = []

        /// What is authenticated with the ciphertext: an entry opens only in its own place.
        var context: [UInt8] { Array("\(StoreDocument.magic) 1\n\(name)\n\(server)\n\(revision)".utf8) }
    }

    var method: StoreKeyMethod
    var check: [UInt8]
    var entries: [Entry]

    /// Everything that the MAC covers.
    var signedText: String {
        var text = "\(Self.magic) 1\nkey \(Self.words(method))\ncheck \(Self.base64(check))\n"
        for entry in entries {
            text += "entry \(entry.name) \(entry.server) \(entry.revision) \(Self.base64(entry.sealed))\n"
        }
        return text
    }

    func rendered(mac: [UInt8]) -> [UInt8] {
        let text = Array((signedText + "mac \(Self.base64(mac))\n").utf8)
        return text + Array("sum \(Self.sum(text[...]))\n".utf8)
    }

    /// Reads a file's text.
    ///
    /// - Returns: the document and its MAC, which nobody has checked yet.
    static func parse(_ bytes: [UInt8]) throws(CredentialStoreError) -> (StoreDocument, mac: [UInt8]) {
        let sumLength = "sum ".utf8.count + 64 + 1
        guard bytes.count > sumLength, bytes.count <= maximumBytes else { throw .damaged }
        let body = bytes.dropLast(sumLength)
        guard bytes.suffix(sumLength).elementsEqual("sum \(sum(body))\n".utf8) else { throw .damaged }
        guard let text = String(validating: body, as: UTF8.self) else { throw .damaged }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        guard let first = lines.popFirst(), first.hasPrefix(magic + " ") else { throw .damaged }
        guard first == "\(magic) 1" else {
            throw CredentialStoreError(.foreign, "a later version of Aurelis wrote it; this one does not change it")
        }
        // From here on whatever does not fit was not written by Aurelis, however right its checksum is.
        guard lines.popLast() == "", let mac = field("mac", lines.popLast()).flatMap(decoded) else { throw .tampered }
        guard let key = field("key", lines.popFirst()), let check = field("check", lines.popFirst()).flatMap(decoded)
        else { throw .tampered }
        let method = try method(key)
        guard lines.count <= maximumEntries else { throw .tampered }
        var entries: [Entry] = []
        for line in lines {
            guard let entry = entry(line), !entries.contains(where: { $0.name == entry.name }) else { throw .tampered }
            entries.append(entry)
        }
        return (StoreDocument(method: method, check: check, entries: entries), mac)
    }
}

// MARK: - Words

extension StoreDocument {
    private static func words(_ method: StoreKeyMethod) -> String {
        switch method {
        case .keyring(let name): "keyring \(name)"
        case .file(let path): "file \(path)"
        case .passphrase(let scrypt):
            "passphrase scrypt \(scrypt.logN) \(scrypt.blockSize) \(scrypt.parallelism) \(base64(scrypt.salt))"
        }
    }

    private static func method(_ words: Substring) throws(CredentialStoreError) -> StoreKeyMethod {
        let parts = words.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { throw .tampered }
        switch parts[0] {
        case "keyring":
            guard parts[1].utf8.count <= 64, isWord(parts[1]) else { throw .tampered }
            return .keyring(String(parts[1]))
        case "file":
            guard parts[1].utf8.count <= 4_096, parts[1].utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw .tampered
            }
            return .file(String(parts[1]))
        case "passphrase":
            let numbers = parts[1].split(separator: " ", omittingEmptySubsequences: false)
            guard numbers.count == 5, numbers[0] == "scrypt", let logN = Int(numbers[1]), let size = Int(numbers[2]),
                let lanes = Int(numbers[3]), let salt = decoded(numbers[4])
            else { throw .tampered }
            let scrypt = ScryptParameters(logN: logN, blockSize: size, parallelism: lanes, salt: salt)
            if let refusal = scrypt.refusal { throw CredentialStoreError(.refused, refusal) }
            return .passphrase(scrypt)
        default: throw .tampered
        }
    }

    private static func entry(_ line: Substring) -> Entry? {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0] == "entry", isWord(parts[1]), isWord(parts[2]), let revision = Int(parts[3]),
            revision > 0, let sealed = decoded(parts[4])
        else { return nil }
        return Entry(name: String(parts[1]), server: String(parts[2]), revision: revision, sealed: sealed)
    }

    private static func field(_ name: String, _ line: Substring?) -> Substring? {
        guard let line, line.hasPrefix(name + " ") else { return nil }
        return line.dropFirst(name.utf8.count + 1)
    }

    /// Whether a text can stand between two spaces.
    static func isWord(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.count <= 512 && text.utf8.allSatisfy { (0x21...0x7E) ~= $0 }
    }

    private static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    private static func decoded(_ text: Substring) -> [UInt8]? {
        guard let bytes = Data(base64Encoded: String(text)).map(Array.init), base64(bytes) == text else { return nil }
        return bytes
    }

    static func sum(_ bytes: ArraySlice<UInt8>) -> String {
        SHA256.hash(data: bytes).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
