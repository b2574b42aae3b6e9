/// What kind of credential a text holds. Open: later versions may know more, so switch over it with a default.
///
///     detector.findings(in: text).map(\.kind)     // [github_token]
public struct SecretKind: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The stable name used in configurations, headers, logs and placeholders.
    public let rawValue: String

    /// A kind by its stable name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The stable name.
    public var description: String { rawValue }

    static let githubToken = SecretKind(rawValue: "github_token")
    static let githubFineGrained = SecretKind(rawValue: "github_fine_grained_token")
    static let gitlabToken = SecretKind(rawValue: "gitlab_token")
    static let awsAccessKeyID = SecretKind(rawValue: "aws_access_key_id")
    static let awsSecretKey = SecretKind(rawValue: "aws_secret_access_key")
    static let azureAccessKey = SecretKind(rawValue: "azure_access_key")
    static let azureSignature = SecretKind(rawValue: "azure_sas_signature")
    static let azureClientSecret = SecretKind(rawValue: "azure_client_secret")
    static let googleAPIKey = SecretKind(rawValue: "google_api_key")
    static let googleClientSecret = SecretKind(rawValue: "google_oauth_client_secret")
    static let googleServiceAccount = SecretKind(rawValue: "google_service_account_key")
    static let slackToken = SecretKind(rawValue: "slack_token")
    static let slackWebhook = SecretKind(rawValue: "slack_webhook")
    static let stripeKey = SecretKind(rawValue: "stripe_key")
    static let stripeWebhookSecret = SecretKind(rawValue: "stripe_webhook_secret")
    static let openAIKey = SecretKind(rawValue: "openai_key")
    static let anthropicKey = SecretKind(rawValue: "anthropic_key")
    static let openRouterKey = SecretKind(rawValue: "openrouter_key")
    static let groqKey = SecretKind(rawValue: "groq_key")
    static let huggingFaceToken = SecretKind(rawValue: "huggingface_token")
    static let npmToken = SecretKind(rawValue: "npm_token")
    static let pypiToken = SecretKind(rawValue: "pypi_token")
    static let twilioKey = SecretKind(rawValue: "twilio_key")
    static let sendGridKey = SecretKind(rawValue: "sendgrid_key")
    static let discordToken = SecretKind(rawValue: "discord_token")
    static let discordWebhook = SecretKind(rawValue: "discord_webhook")
    static let telegramToken = SecretKind(rawValue: "telegram_bot_token")
    static let jsonWebToken = SecretKind(rawValue: "jwt")
    static let privateKey = SecretKind(rawValue: "private_key")
    static let connectionPassword = SecretKind(rawValue: "connection_string")
    static let basicAuthentication = SecretKind(rawValue: "basic_auth")
    static let bearerToken = SecretKind(rawValue: "bearer_token")
    static let aurelisKey = SecretKind(rawValue: "aurelis_key")
    static let literal = SecretKind(rawValue: "secret_literal")
}
