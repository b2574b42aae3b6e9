extension SecretKind {
    /// What is said about a kind in `Documentation/sanitizer.md`.
    package struct Entry: Sendable {
        /// The kind.
        package let kind: SecretKind
        /// What it is, for a person.
        package let name: String
        /// What is looked for.
        package let shape: String
        /// What must hold besides, so that look-alikes pass.
        package let check: String

        init(_ kind: SecretKind, _ name: String, _ shape: String, _ check: String) {
            self.kind = kind
            self.name = name
            self.shape = shape
            self.check = check
        }
    }

    /// What it is, for a person; the stable name for a kind that is not known here.
    package var title: String { SecretKind.catalog.first { $0.kind == self }?.name ?? rawValue }

    /// Every kind that is detected; the published list is compared with it by a test.
    package static let catalog: [Entry] = [
        Entry(
            .githubToken,
            "GitHub token",
            "`ghp_` `gho_` `ghu_` `ghs_` `ghr_` and 36 or more letters and digits",
            "the CRC-32 in its last six characters, where there are 36"
        ),
        Entry(.githubFineGrained, "GitHub fine-grained token", "`github_pat_`, 22 and 59 characters", "random"),
        Entry(
            .gitlabToken,
            "GitLab token",
            "`glpat-` `gldt-` `glrt-` `glptt-` `glcbt-` and 20 or more characters",
            "random"
        ),
        Entry(
            .awsAccessKeyID,
            "AWS access key ID",
            "`AKIA` or `ASIA` and 16 capitals and digits 2 to 7",
            "not one of the documentation's"
        ),
        Entry(
            .awsSecretKey,
            "AWS secret access key",
            "40 characters of base64 behind a name such as `aws_secret_access_key`",
            "random"
        ),
        Entry(
            .azureAccessKey,
            "Azure account or shared access key",
            "`AccountKey=` or `SharedAccessKey=` and base64 of 32 or 64 bytes",
            "random"
        ),
        Entry(
            .azureSignature,
            "Azure shared access signature",
            "`sig=` and base64 of 32 bytes, percent-encoded or not",
            "random"
        ),
        Entry(
            .azureClientSecret,
            "Azure client secret",
            "three characters, a digit, `Q~` and 31 to 34 more behind a secret's name",
            "random"
        ),
        Entry(.googleAPIKey, "Google API key", "`AIza` and 35 characters", "random"),
        Entry(.googleClientSecret, "Google OAuth client secret", "`GOCSPX-` and 28 characters", "random"),
        Entry(
            .googleServiceAccount,
            "Google service account key",
            "a PEM private key behind `\"private_key\":`",
            "a body of base64"
        ),
        Entry(
            .slackToken,
            "Slack token",
            "`xoxa-` `xoxb-` `xoxe-` `xoxp-` `xoxr-` `xoxs-` `xapp-` and 24 or more characters",
            "random"
        ),
        Entry(.slackWebhook, "Slack webhook", "`https://hooks.slack.com/services/` and the rest of its path", "random"),
        Entry(.stripeKey, "Stripe key", "`sk_live_` or `rk_live_` and 24 or more letters and digits", "random"),
        Entry(.stripeWebhookSecret, "Stripe webhook secret", "`whsec_` and 32 or more characters", "random"),
        Entry(
            .openAIKey,
            "OpenAI key",
            "`sk-`, `sk-proj-`, `sk-svcacct-` or `sk-admin-` and 20 or more characters; other vendors' `sk-` keys too",
            "random"
        ),
        Entry(.anthropicKey, "Anthropic key", "`sk-ant-` and 32 or more characters", "random"),
        Entry(.openRouterKey, "OpenRouter key", "`sk-or-v1-` and 64 hexadecimal digits", "random"),
        Entry(.groqKey, "Groq key", "`gsk_` and 40 or more letters and digits", "random"),
        Entry(.huggingFaceToken, "Hugging Face token", "`hf_` and 34 or more letters and digits", "random"),
        Entry(.npmToken, "npm token", "`npm_` and 36 letters and digits", "random"),
        Entry(.pypiToken, "PyPI token", "`pypi-` and 50 or more characters", "random"),
        Entry(.twilioKey, "Twilio API key", "`SK` and 32 hexadecimal digits", "random"),
        Entry(.sendGridKey, "SendGrid key", "`SG.`, 22 characters, a dot and 43 more", "random"),
        Entry(
            .discordToken,
            "Discord bot token",
            "three parts of 23 to 28, 6 and 27 to 38 characters, with dots",
            "the first part decodes to a number"
        ),
        Entry(
            .discordWebhook,
            "Discord webhook",
            "`https://discord.com/api/webhooks/` and the rest of its path",
            "random"
        ),
        Entry(
            .telegramToken,
            "Telegram bot token",
            "8 to 10 digits, a colon and 35 characters that begin with `AA`",
            "random"
        ),
        Entry(
            .jsonWebToken,
            "JSON Web Token",
            "three parts of base64url with dots",
            "the first decodes to JSON with `alg`; not the one that everybody explains JWT by"
        ),
        Entry(
            .privateKey,
            "private key",
            "`-----BEGIN … PRIVATE KEY-----` and what follows",
            "a body of 64 or more characters of base64"
        ),
        Entry(
            .connectionPassword,
            "password in a URL",
            "`scheme://user:password@host`",
            "not a placeholder or a default such as `postgres:postgres`"
        ),
        Entry(
            .basicAuthentication,
            "Basic credentials",
            "`Basic` and base64, behind `Authorization` or anywhere",
            "decodes to a name, a colon and a password that is no placeholder"
        ),
        Entry(.bearerToken, "Bearer token", "`Authorization: Bearer` and 20 or more characters", "random"),
        Entry(.aurelisKey, "Aurelis key", "`aurelis_` or `aurelisadmin_` and 24 or more characters", "random"),
        Entry(
            .literal,
            "secret in an assignment",
            "`name = \"value\"`, `name: value`, `NAME=value`, `<name>value</name>` with a name whose last words mean a "
                + "secret; `mysql -pVALUE`, `curl -u user:VALUE`",
            "long and mixed enough, see below"
        ),
    ]
}
