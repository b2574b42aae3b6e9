import Aurelis
import Testing

@Suite("Safety: linear time")
struct SecretDetectorWorkTests {
    /// What looks like much and is nothing, or nearly.
    static let storms: [(name: String, piece: String)] = [
        ("dots", "."), ("base64", "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo0NTY3ODkw"), ("github", "ghp_"),
        ("openai", "sk-"),
        ("keys", "sk-ant-api03-"), ("nested", "{\"a\":["), ("pem", "-----BEGIN RSA PRIVATE KEY-----\n"),
        ("pem bodies", "-----BEGIN PRIVATE KEY-----" + String(repeating: "QUJD", count: 3_000)), ("quotes", "\""),
        ("mixed quotes", "token=\"a'b`"), ("passwords", "password="), ("quoted", "password=\"password='"),
        ("colons", ":"),
        ("signs", "="), ("urls", "http://a:b@"), ("users", "x://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("web tokens", "eyJhbGciOiJIUzI1NiJ9."), ("web token runs", "eyJhbGciOiJIUzI1NiJ9eyJ"), ("sendgrid", "SG."),
        ("discord", "MTIzNDU2Nzg5MDEyMzQ1Njc4.aaaaaa."), ("telegram", "1234567890:AA"), ("backslashes", "\\"),
        ("basic", "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ"), ("dashes", "-"), ("underscores", "_"),
        ("AKIA", "AKIA"),
        ("sig", "sig=aaaa%2B"), ("names", "api_key_"), ("nul", "\u{0}"), ("long name", "a.b-c_"),
        ("closing tags", "</password>"), ("tags", "</a>"), ("half tags", "</"), ("strings", "<string></string>"),
        ("property list", "<key>ApiKey</key><string></string>"), ("arguments", " -p"), ("commands", "mysql -p"),
        ("users of curl", "curl -u a:"), ("pairs", "a:a"), ("options", "-u a:a "),
        ("basic words", "basic QUJDREVGR0hJSktMTU5P "),
        ("phrases", "passphrase: \"orbit velvet "), ("open phrases", "password='a "),
        ("long values", "x>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</password>"),
    ]

    private func text(of piece: String, _ length: Int) -> [UInt8] {
        let piece = Array(piece.utf8)
        var text: [UInt8] = []
        text.reserveCapacity(length + piece.count)
        while text.count < length { text += piece }
        return text
    }

    @Test("ten times the text is ten times the work, at most a few looks a byte", arguments: storms.map(\.name))
    func linear(name: String) throws {
        let piece = try #require(Self.storms.first { $0.name == name }).piece
        let small = SecretDetector.work(on: text(of: piece, 40_000))
        let large = SecretDetector.work(on: text(of: piece, 400_000))
        #expect(large <= small * 11)
        #expect(large <= 400_000 * 20, "\(Double(large) / 400_000) looks a byte")
    }

    @Test("ten megabytes of everything at once")
    func everything() {
        let piece = Self.storms.map { String(repeating: $0.piece, count: 1 + 2_000 / $0.piece.utf8.count) }.joined()
        let work = SecretDetector.work(on: text(of: piece, 10_000_000))
        #expect(work <= 10_000_000 * 5, "\(Double(work) / 10_000_000) looks a byte")
    }
}
