import Aurelis
import AurelisTesting
import Testing

/// A credential that nobody ever had, drawn from a seed. It is put together when the tests run, so that no file holds
/// anything that a scanner of repositories would take for one.
struct SeededSecret: CustomTestStringConvertible {
    let kind: String
    let value: String
    /// How it stands in a text when its shape alone does not tell: `name=` and the value.
    var context: (before: String, after: String) = ("", "")

    var testDescription: String { kind }

    /// One of every kind that there is.
    static func all(seed: UInt64) -> [SeededSecret] {
        var draw = SecretDraw(seed: seed)
        let letters = SecretDraw.base62
        let url = SecretDraw.base64URL
        var secrets: [SeededSecret] = []
        func add(_ kind: String, _ value: String, _ before: String = "", _ after: String = "") {
            secrets.append(SeededSecret(kind: kind, value: value, context: (before, after)))
        }
        for prefix in ["ghp", "gho", "ghu", "ghs", "ghr"] {
            let body = draw.text(30, letters)
            add("github_token", prefix + "_" + body + GitHubChecksum.suffix(of: body))
        }
        add("github_fine_grained_token", "github" + "_pat_" + draw.text(22, letters) + "_" + draw.text(59, letters))
        add("gitlab_token", "glpat" + "-" + draw.text(20, url))
        add("aws_access_key_id", "AK" + "IA" + draw.text(16, SecretDraw.base32))
        add("aws_access_key_id", "AS" + "IA" + draw.text(16, SecretDraw.base32))
        add("aws_secret_access_key", draw.text(40, SecretDraw.base64), "aws_secret_access_key=")
        add("azure_access_key", draw.text(86, letters) + "==", "AccountName=prod;AccountKey=", ";EndpointSuffix=x")
        add("azure_sas_signature", draw.text(43, letters) + "%3D", "https://x.blob.core.windows.net/c?sv=2024&sig=")
        add("azure_client_secret", draw.text(3, letters) + "8Q" + "~" + draw.text(34, letters), "AZURE_CLIENT_SECRET=")
        add("google_api_key", "AI" + "za" + draw.text(35, url))
        add("google_oauth_client_secret", "GOC" + "SPX-" + draw.text(28, url))
        add("slack_token", "xo" + "xb-" + draw.text(12, SecretDraw.digits) + "-" + draw.text(24, letters))
        add("slack_token", "xa" + "pp-1-A" + draw.text(10, SecretDraw.base32) + "-" + draw.text(40, letters))
        let path = "T" + draw.text(8, SecretDraw.base32) + "/B" + draw.text(8, SecretDraw.base32) + "/"
        add("slack_webhook", path + draw.text(24, letters), "https://hooks." + "slack.com/services/")
        add("stripe_key", "sk" + "_live_" + draw.text(24, letters))
        add("stripe_key", "rk" + "_live_" + draw.text(99, letters))
        add("stripe_webhook_secret", "whs" + "ec_" + draw.text(32, letters))
        add("openai_key", "sk" + "-" + draw.text(20, letters) + "T3Blbk" + "FJ" + draw.text(20, letters))
        add("openai_key", "sk" + "-proj-" + draw.text(120, url))
        add("anthropic_key", "sk" + "-ant-api03-" + draw.text(93, url) + "AA")
        add("openrouter_key", "sk" + "-or-v1-" + draw.text(64, SecretDraw.hexadecimal))
        add("groq_key", "gs" + "k_" + draw.text(52, letters))
        add("huggingface_token", "hf" + "_" + draw.text(34, letters))
        add("npm_token", "np" + "m_" + draw.text(36, letters))
        add("pypi_token", "pyp" + "i-AgEIcHlwaS5vcmc" + draw.text(120, url))
        add("twilio_key", "S" + "K" + draw.text(32, SecretDraw.hexadecimal))
        add("sendgrid_key", "S" + "G." + draw.text(22, url) + "." + draw.text(43, url))
        let user = SecretDraw.base64(of: draw.text(18, SecretDraw.digits))
        add("discord_token", user + "." + draw.text(6, letters) + "." + draw.text(32, letters))
        let hook = draw.text(18, SecretDraw.digits) + "/" + draw.text(68, url)
        add("discord_webhook", hook, "https://discord.com/api/webhooks/")
        add("telegram_bot_token", "7" + draw.text(9, SecretDraw.digits) + ":A" + "A" + draw.text(33, url))
        let header = SecretDraw.base64(of: #"{"alg":"HS256","typ":"JWT"}"#)
        let claims = SecretDraw.base64(of: #"{"sub":"\#(draw.text(8, letters))","exp":1893456000}"#)
        add("jwt", header + "." + claims + "." + draw.text(43, url))
        add("connection_string", draw.text(14, letters) + "7x", "postgres" + "://app:", "@db.internal:5432/app")
        let pair = SecretDraw.base64(of: "deploy:" + draw.text(16, letters) + "9z")
        add("basic_auth", pair, "Authorization: Basic ")
        add("bearer_token", draw.text(40, letters) + "4f", "Authorization: Bearer ")
        add("aurelis_key", "aure" + "lis_ci_" + draw.text(49, letters))
        add("secret_literal", draw.text(24, letters) + "5c", "password = \"", "\"")
        add("secret_literal", draw.text(32, SecretDraw.hexadecimal) + "0d1a", "api_key: '", "'")
        add("secret_literal", draw.text(10, letters) + "!7aK", "\"dbPassword\": \"", "\"")
        return secrets
    }

    /// A private key in PEM, which is no single word.
    static func pem(seed: UInt64, lineEnd: String = "\n") -> SeededSecret {
        var draw = SecretDraw(seed: seed)
        let lines = (0..<13).map { _ in draw.text(64, SecretDraw.base64) }
        let dashes = "-----"
        let (begin, end) = ("\(dashes)BEGIN RSA PRIVATE", "\(dashes)END RSA PRIVATE")
        let text = (["\(begin) KEY\(dashes)"] + lines + ["\(end) KEY\(dashes)"]).joined(separator: lineEnd)
        return SeededSecret(kind: "private_key", value: text)
    }
}

/// Draws what secrets are made of.
struct SecretDraw {
    static let base62 = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    static let base64 = base62 + Array("+/")
    static let base64URL = base62 + Array("-_")
    static let base32 = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    static let hexadecimal = Array("0123456789abcdef")
    static let digits = Array("0123456789")

    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// Some characters of an alphabet; the first one is a letter or digit.
    mutating func text(_ length: Int, _ alphabet: [Character]) -> String {
        String(
            (0..<length).map { index in
                let choices =
                    index == 0 || index == length - 1 ? alphabet.filter { $0.isLetter || $0.isNumber } : alphabet
                return choices[Int.random(in: 0..<choices.count, using: &random)]
            }
        )
    }

    static func base64(of text: String) -> String {
        let alphabet = Self.base62.sorted { rank($0) < rank($1) } + ["-", "_"]
        var (bits, count, output) = (0, 0, "")
        for byte in text.utf8 {
            bits = bits << 8 | Int(byte)
            count += 8
            while count >= 6 {
                count -= 6
                output.append(alphabet[bits >> count & 63])
            }
        }
        if count > 0 { output.append(alphabet[bits << (6 - count) & 63]) }
        return output
    }

    private static func rank(_ character: Character) -> Int {
        character.isUppercase ? 0 : character.isLowercase ? 1 : 2
    }
}
