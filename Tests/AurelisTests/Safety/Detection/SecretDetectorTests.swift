import Aurelis
import AurelisTesting
import Testing

@Suite("Safety: secret values")
struct SecretDetectorTests {
    private let detector = SecretDetector()

    @Test("at least 320 harmless prompts hold nothing")
    func harmless() {
        #expect(HarmlessPrompts.all.count >= 320)
        for prompt in HarmlessPrompts.all {
            let findings = detector.findings(in: prompt)
            #expect(findings.isEmpty, "\(findings.map { "\($0.kind): \(prompt.bytes($0.range))" }) in \(prompt)")
        }
    }

    @Test("secrets of every kind are found, alone and where people put them", arguments: 1...8 as ClosedRange<UInt64>)
    func seeded(seed: UInt64) {
        let secrets = SeededSecret.all(seed: seed)
        #expect(Set(secrets.map(\.kind)).count >= 20)
        for secret in secrets {
            for place in SecretPlace.all {
                let text = place.text(with: secret)
                let findings = detector.findings(in: text)
                let found = findings.map { text.bytes($0.range) }
                #expect(
                    findings.map(\.kind.rawValue) == [secret.kind],
                    "\(place.name): \(text) gave \(findings) \(found)"
                )
                #expect(found.allSatisfy { $0.contains(secret.value) }, "\(secret.kind) in \(place.name): \(found)")
            }
        }
    }

    @Test(
        "passwords that people make are found, with quotes and without: a name, a year, a sign",
        arguments: [
            ("Sommer2024!", "password = \"Sommer2024!\""), ("Winter2023!", "\"password\": \"Winter2023!\""),
            ("Maxi1234!", "password: 'Maxi1234!'"), ("Berlin!2024x", "DB_PASSWORD=\"Berlin!2024x\""),
            ("vK9$mQ2z!pL7", "PGPASSWORD=vK9$mQ2z!pL7 psql -h db"), ("vK9$mQ2z!pL7", "rootpassword=vK9$mQ2z!pL7"),
            // Without quotes, in files of settings and on command lines.
            ("Sommer2024!", "password = Sommer2024!"), ("Sommer2024!", "DB_PASSWORD=Sommer2024!\nDB_HOST=db"),
            ("Sommer2024!", "password: Sommer2024! # the old one"), ("Sommer2024!", "The password: Sommer2024!."),
            ("Sommer2024", "[smtp]\r\npasswd=Sommer2024\r\nport=25"), ("Sommer-24", "db:\n  password: Sommer-24\n"),
            ("Sommer2024", "Is the password: Sommer2024?"), ("sommer2024!", "pwd=sommer2024!;server=db"),
            ("Frieda#1987", "export MYSQL_PWD=Frieda#1987"), ("Frieda1987!!", "passphrase: Frieda1987!!"),
            ("Frieda%19", "tool --password=Frieda%19 --verbose"),
            ("Ulm+Donau7", "ldap.bind.password=Ulm+Donau7"), ("blauer*Wal9", "password: blauer*Wal9, port: 5432"),
            ("Hallo2Welt!", "password=Hallo2Welt!"), ("Frieda1987", "connect(host=db, password=Frieda1987)"),
            ("Frieda%211987", "POST /login\n\nuser=a&password=Frieda%211987&x=1"),
            ("Zug.2024!", "SMTP_PASS=Zug.2024!"), ("q7$Rt!xW", "sshpass_password=q7$Rt!xW"),
            ("Frieda_1987", "rootPassword: Frieda_1987"),
        ]
    )
    func everydayPasswords(password: String, text: String) {
        #expect(detector.findings(in: text).map { text.bytes($0.range) } == [password], "\(text)")
    }

    @Test(
        "passwords that say of themselves that they are none are not",
        arguments: [
            "Test2024!", "P@ssw0rd123!", "Password1!", "Admin@1234", "S3cr3t!!", "Welcome1!", "Abcd1234!", "Abc12345!",
            "MyP@ssw0rd1", "ChangeMe2024!", "FooBar123!", "Letmein1!", "Hunter2!!", "Qwerty1!",
        ]
    )
    func placeholders(password: String) {
        #expect(detector.findings(in: "password = \"\(password)\"").isEmpty)
    }

    @Test("private keys are found whole, with line ends of every kind", arguments: ["\n", "\r\n", "\\n", "\\r\\n"])
    func pem(lineEnd: String) {
        let key = SeededSecret.pem(seed: 3, lineEnd: lineEnd)
        let text = "before \(key.value) after"
        #expect(detector.findings(in: text).map { text.bytes($0.range) } == [key.value])
        let account = #"{"type":"service_account","private_key": "\#(key.value)"}"#
        #expect(detector.findings(in: account).map(\.kind.rawValue) == ["google_service_account_key"])
    }

    @Test("a name is a secret's by its last words, on the boundaries of words")
    func names() {
        var draw = SecretDraw(seed: 11)
        let value = draw.text(30, SecretDraw.base62) + "4x"
        let secret = [
            "password", "DB_PASSWORD", "dbPassword", "db-password", "api_key", "apiKey", "APIKey", "X-Api-Key",
            "apikey",
            "client_secret", "clientSecret", "access_token", "GITHUB_TOKEN", "authToken", "private_key", "signingKey",
            "Passwd", "PASSPHRASE", "credentials", "MY_APP_SECRET_2",
        ]
        let harmless = [
            "monkey", "max_tokens", "token_usage", "tokenizer", "primary_key", "cache_key", "public_key", "key",
            "password_hash", "token_id", "compass", "nextPageToken", "pad_token", "keyboard", "secretary", "bypassed",
            "donkey", "turkey_id", "integrity", "checksum", "prompt_cache_key",
        ]
        for name in secret where name != "MY_APP_SECRET_2" {
            #expect(detector.findings(in: "\(name) = \"\(value)\"").count == 1, "\(name)")
            #expect(detector.findings(in: "{\"\(name)\": \"\(value)\"}").count == 1, "\(name)")
        }
        for name in harmless {
            #expect(detector.findings(in: "\(name) = \"\(value)\"").isEmpty, "\(name)")
            #expect(detector.findings(in: "{\"\(name)\":\"\(value)\"}").isEmpty, "\(name)")
        }
    }

    @Test("an assignment is found in the syntax of many languages")
    func syntaxes() {
        var draw = SecretDraw(seed: 12)
        let value = draw.text(30, SecretDraw.base62) + "4x"
        let lines = [
            "let apiKey: String = \"V\"", "const API_KEY: &'static str = \"V\";", "api_key := \"V\"", "$api_key = 'V';",
            ":api_key => 'V',", "apiKey: 'V',", "API_KEY=V", "export API_KEY=\"V\"", "api_key: V", "--api-key=V",
            "?api_key=V&page=2", "api_key=b\"V\"", "if api_key == \"V\":", "os.environ[\"API_KEY\"] = \"V\"",
            "apiKey?: string = `V`", "\\\"api_key\\\": \\\"V\\\"", "X-Api-Key: V",
        ]
        for line in lines {
            let text = line.replacingValue(with: value)
            #expect(detector.findings(in: text).map { text.bytes($0.range) } == [value], "\(text)")
        }
    }

    /// What is put together here would be found in this file otherwise.
    private static let password = "K7zQ" + "2mVx9L"
    private static let key = "x8Kq2LmZ" + "7Vt3Rw9Yb4Nc6"

    static let arguments = [
        "mysql -pV", "mysql -u root -pV db < dump.sql", "mysqldump --all-databases -u backup -p'V' > x",
        "docker exec -it db mariadb -uroot -pV", "curl -u deploy:V https://x.example/a",
        "curl -fsSu deploy:V https://x",
        "curl -sS --user 'deploy:V' https://x.example/a", "curl --user=deploy:V https://x",
        "curl \\\n  -X POST \\\n  -u \"deploy:V\" \\\n https://x",
    ]

    @Test("a password that is an argument of mysql or curl is found, and no other command's", arguments: arguments)
    func commands(line: String) {
        for text in [line, "Why?\n$ \(line)\nerror"].map({ $0.replacingValue(with: Self.password) }) {
            #expect(detector.findings(in: text).map { text.bytes($0.range) } == [Self.password], "\(text)")
        }
        let other = line.replacingValue(with: Self.password).replacing("mysql", with: "grep").replacing(
            "curl",
            with: "grep"
        )
        .replacing("mariadb", with: "grep")
        #expect(detector.findings(in: other).isEmpty, "\(other)")
        let before = "mysql; curl\n" + other
        #expect(detector.findings(in: before).isEmpty, "\(before)")
    }

    static let elements = [
        "<password>V</password>", "<server>\n  <username>ci</username>\n  <password>\n    V\n  </password>\n</server>",
        "<key>ApiKey</key>\n\t<string>V</string>", "<string name=\"google_api_key\">V</string>", "<apiKey>V</apiKey>",
        "<ns:Password encrypted=\"no\">V</ns:Password>", "<a><b>x</b><clientSecret>V</clientSecret></a>",
    ]

    @Test("values of XML and of property lists are found by their names", arguments: elements)
    func markup(line: String) {
        let text = line.replacingValue(with: Self.key)
        #expect(detector.findings(in: text).map { text.bytes($0.range) } == [Self.key], "\(text)")
        for name in ["monkey", "maxTokens", "CFBundleName"] {
            let harmless = text.replacing("assword", with: name).replacing("piKey", with: name)
                .replacing("pi_key", with: name).replacing("Secret", with: name)
            #expect(detector.findings(in: harmless).isEmpty, "\(harmless)")
        }
    }

    @Test(
        "a passphrase of several words is found behind its name, and a sentence is none",
        arguments: [
            "password = \"V\"", "{\"passphrase\": \"V\"}", "WALLET_PASSPHRASE='V'", "<passphrase>V</passphrase>",
        ]
    )
    func passphrases(line: String) {
        for phrase in ["orbit velvet hamster quartz", "lagoon pebble walrus thimble cactus ribbon"] {
            let text = line.replacingValue(with: phrase)
            #expect(detector.findings(in: text).map { text.bytes($0.range) } == [phrase], "\(text)")
            let other = text.replacing("assphrase", with: "aragraph").replacing("assword", with: "aragraph")
                .replacing("PASSPHRASE", with: "TITLE")
            #expect(detector.findings(in: other).isEmpty, "\(other)")
        }
        let sentences = [
            "must have eight characters", "choose something nobody else knows", "enter the password from the letter",
            "correct horse battery staple", "reset link sent", "orbit velvet hamster",
            "Orbit velvet, hamster and quartz!",
            "the quick brown fox jumps over the lazy dog", "use at least twelve letters please",
        ]
        for sentence in sentences {
            let text = line.replacingValue(with: sentence)
            #expect(detector.findings(in: text).isEmpty, "\(text)")
        }
    }

    @Test("Basic credentials are found wherever the word stands before them, the ones of the specification are not")
    func basic() {
        let pair = SecretDraw.base64(of: "deploy:" + Self.password)
        let lines = [
            "Authorization: Basic V", "conn.setRequestProperty(\"Authorization\", \"Basic V\");",
            "headers = {\"Authorization\": f\"Basic V\"}", "'Authorization' => 'Basic V'",
            "-H 'authorization: basic V'",
        ]
        for line in lines {
            let text = line.replacingValue(with: pair)
            #expect(detector.findings(in: text).map { text.bytes($0.range) } == [pair], "\(text)")
            let example = line.replacingValue(with: "QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
            #expect(detector.findings(in: example).isEmpty, "\(example)")
        }
    }

    @Test("what stands in the place of arguments and values without being a password is none")
    func harmlessArguments() {
        let texts = [
            "curl -u user:password https://example.com", "curl -u \"$USER:$PASS\" https://x",
            "docker run -u 1000:1000 x",
            "docker run --user app:www-data7 x", "mysql -u root -p", "mysql -ppassword", "mysql -p$MYSQL_ROOT_PASSWORD",
            "mkdir -p /a/b9K && mysql -uroot", "mysql -h db -P3306 -pexample123", "ssh -p2222 host; mysql",
            "mysql; docker run -p8080:80 x", "git log -p7d8f9a0bcd", "<password>${db.password}</password>",
            "<password>changeit</password>", "<password></password>", "<string name=\"app_name\">My App 2 Go!</string>",
            "<label for=\"password\">Password must contain 8 chars</label>", "<password>Your Pa55word here!</password>",
            "<secret>see vault:kv/data/x9K2</secret>", "curl -u alice: https://x",
        ]
        for text in texts { #expect(detector.findings(in: text).isEmpty, "\(text)") }
    }

    @Test("what people write in the place of a secret is none")
    func placeholders() {
        let values = [
            "your-api-key-goes-here", "xxxxxxxxxxxxxxxxxxxxxxxx", "${API_KEY}", "<token>", "{{ api_key }}",
            "$API_KEY_2024",
            "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "00000000000000000000000000000000",
            "550e8400-e29b-41d4-a716-446655440000", "changeme-changeme-1234", "test-api-key-1234567890",
            "process.env.KEY_2",
            "abcdefghijklmnop1234567890", "my-super-secret-token-123", "arn:aws:secretsmanager:eu-1:123:secret:x2Yz9",
        ]
        for value in values {
            #expect(detector.findings(in: "api_key = \"\(value)\"").isEmpty, "\(value)")
            #expect(detector.findings(in: "password: \"\(value)\"").isEmpty, "\(value)")
        }
    }

    @Test("a token with a wrong checksum is none; the checksum is that of GitHub")
    func checksum() {
        // The one that the simulator takes.
        #expect(GitHubChecksum.suffix(of: String(repeating: "0", count: 30)) == "2C8GjS")
        let token = SeededSecret.all(seed: 1)[0].value
        #expect(detector.findings(in: token).count == 1)
        let end = token.last == "a" ? "b" : "a"
        #expect(detector.findings(in: token.dropLast() + end).isEmpty)
    }

    @Test("a kind that is ignored is not found, the others are")
    func ignored() {
        let secrets = SeededSecret.all(seed: 5)
        let text = secrets[0].value + " " + secrets[5].value
        let detector = SecretDetector(ignoring: [SecretKind(rawValue: secrets[0].kind)])
        #expect(detector.findings(in: text).map(\.kind.rawValue) == [secrets[5].kind])
    }

    @Test("no byte is read beyond a text, wherever it is cut")
    func cuts() {
        for secret in SeededSecret.all(seed: 9) + [.pem(seed: 9)] {
            let text = Array(SecretPlace.all[0].text(with: secret).utf8)
            for end in 0...text.count {
                // An array of its own: what is read beyond it is found by the address sanitizer, or by chance.
                let cut = Array(text[..<end])
                for finding in cut.withUnsafeBufferPointer({ detector.findings(in: $0) }) {
                    #expect(finding.range.upperBound <= end)
                }
            }
        }
    }

    @Test("anything at all is scanned to its end", arguments: 0..<200 as Range<UInt64>)
    func noise(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let pieces =
            SeededSecret.all(seed: seed).map(\.value) + [
                "=", ":", "\"", "'", "://", "@", ".", "-----BEGIN ", "eyJ",
                "password", "token=", "\\", "%3D", "\n", " ", "\u{0}", "é", "Authorization: Basic ", "PRIVATE KEY-----",
            ]
        var text: [UInt8] = []
        for _ in 0..<60 {
            var piece = Array((pieces.randomElement(using: &random) ?? "").utf8)
            if Bool.random(using: &random) {
                piece = Array(piece.prefix(Int.random(in: 0...piece.count, using: &random)))
            }
            if Int.random(in: 0..<8, using: &random) == 0, !piece.isEmpty {
                piece[Int.random(in: 0..<piece.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            text += piece
        }
        var end = 0
        for finding in text.withUnsafeBufferPointer({ detector.findings(in: $0) }) {
            #expect(finding.range.lowerBound >= end && finding.range.upperBound <= text.count && !finding.range.isEmpty)
            end = finding.range.upperBound
        }
    }
}

/// Where people put a secret.
struct SecretPlace {
    let name: String
    let before: String
    let after: String

    init(_ name: String, _ before: String, _ after: String) {
        self.name = name
        self.before = before
        self.after = after
    }

    func text(with secret: SeededSecret) -> String {
        before + secret.context.before + secret.value + secret.context.after + after
    }

    static let all = [
        SecretPlace("alone", "", ""),
        SecretPlace("prose", "Hi, why does ", " not work any more? It did yesterday."),
        SecretPlace("code", "func main() {\n    call(x, ", ") // and so on\n}\n"),
        SecretPlace("markdown", "Look:\n```\n", "\n```\n"),
        SecretPlace("escaped line", #"{"log":"first\n"#, #"\nlast"}"#),
        SecretPlace("query", "https://example.com/a?b=1&x=", "&c=2 "),
        SecretPlace("yaml", "config:\n  value: ", "\n  other: 1\n"),
        SecretPlace("quoted", "Failure(text: \"", "\")"),
        SecretPlace("list", "- ", "\n- next\n"),
        SecretPlace("header", "GET / HTTP/1.1\r\nX-Thing: ", "\r\nAccept: */*\r\n\r\n"),
    ]
}

extension String {
    func bytes(_ range: Range<Int>) -> String { String(decoding: Array(utf8)[range], as: UTF8.self) }

    fileprivate func replacingValue(with value: String) -> String {
        split(separator: "V", maxSplits: 1, omittingEmptySubsequences: false).joined(separator: value)
    }
}
